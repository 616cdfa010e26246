//! Sends a log through the machine: one server per case, all alive at once.

use std::fmt;
use std::sync::Arc;

use genserver_runtime::prelude::*;
use indicatif::ProgressBar;

use crate::activity::Activity;
use crate::loan::{Loan, LoanClient, LoanStateName};
use crate::log::{Event, Log};

/// How many refusals are told one by one.
const TOLD_MAX: usize = 10;

/// What came of a replay.
#[derive(Debug, Default)]
pub(crate) struct Report {
    cases: usize,
    events: usize,
    pub(crate) refused: usize,
    /// The first refusals.
    pub(crate) told: Vec<Refusal>,
    declined: usize,
    cancelled: usize,
    granted: usize,
    open: usize,
}

/// An event that the machine did not allow.
#[derive(Debug)]
pub(crate) struct Refusal {
    case: Arc<str>,
    state: LoanStateName,
    event: &'static str,
    why: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { case, state, event, why } = self;
        let allowed: Vec<_> = state.allowed().iter().map(ToString::to_string).collect();
        let allowed = if allowed.is_empty() { "nothing".into() } else { allowed.join(", ") };
        write!(f, "case {case}: {event} while {state}, which allows: {allowed} ({why})")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} cases, {} events, {} refused: {} declined, {} cancelled, {} granted, {} open",
            self.cases,
            self.events,
            self.refused,
            self.declined,
            self.cancelled,
            self.granted,
            self.open,
        )
    }
}

/// Starts a server for each case, sends all events in order, and counts where the cases stand.
///
/// # Errors
///
/// Only when a server is not there: an event that is not allowed is counted.
pub(crate) async fn replay(log: &Log<Activity>, bar: &ProgressBar) -> Result<Report, ServerError> {
    let loans = Registry::<Arc<str>, LoanClient>::new();
    for case in &log.cases {
        // The names of a log's cases differ, so none is taken; the key keeps the server.
        let start = Loan::start().key(&loans, Arc::clone(case)).await;
        drop(start.map_err(|_| ServerError::NotRunning)?);
    }
    let mut report =
        Report { cases: log.cases.len(), events: log.events.len(), ..Report::default() };
    for event in &log.events {
        send(log, event, &loans, &mut report).await?;
        bar.inc(1);
    }
    for case in &log.cases {
        report.count(loans.client(Arc::clone(case)).state().await?);
    }
    Ok(report)
}

async fn send(
    log: &Log<Activity>,
    event: &Event<Activity>,
    loans: &Registry<Arc<str>, LoanClient>,
    report: &mut Report,
) -> Result<(), ServerError> {
    let case = &log.cases[event.case as usize];
    let loan = loans.client(Arc::clone(case));
    let why = match event.activity.call(&loan).await {
        Ok(()) => return Ok(()),
        Err(error @ (CallError::Reply(_) | CallError::Server(ServerError::InvalidState(_)))) => {
            error.to_string()
        }
        Err(CallError::Server(error)) => return Err(error),
    };
    report.refused += 1;
    if report.told.len() < TOLD_MAX {
        let state = loan.state().await?;
        let (case, event) = (Arc::clone(case), event.activity.name());
        report.told.push(Refusal { case, state, event, why });
    }
    Ok(())
}

impl Report {
    fn count(&mut self, state: LoanStateName) {
        use LoanStateName as Name;
        let place = match state {
            Name::Declined => &mut self.declined,
            Name::Cancelled => &mut self.cancelled,
            Name::Granted => &mut self.granted,
            Name::New
            | Name::Submitted
            | Name::PartlySubmitted
            | Name::Preaccepted
            | Name::Accepted
            | Name::Finalized
            | Name::Granting => &mut self.open,
        };
        *place += 1;
    }
}
