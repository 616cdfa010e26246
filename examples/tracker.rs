//! The life of an issue in a bug tracker: reported, assigned, worked on, resolved, verified, closed, and
//! now and then opened again. What nobody disputes for 14 days closes by itself.
//!
//! The clock of this program is paused: it jumps from timer to timer, so that two weeks take no time.

use std::error::Error;
use std::fmt::Display;
use std::time::Duration;

use genserver_runtime::prelude::*;
use tokio::time::{Instant, sleep};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How an issue was resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// By a change of the program.
    Fixed,
    /// It stays as it is.
    WontFix,
    /// Another issue says the same.
    Duplicate,
}

/// Nobody has looked at it.
pub struct New;

/// Somebody shall work on it.
pub struct Assigned {
    to: String,
}

/// It was done, and is not.
pub struct Reopened {
    why: String,
}

/// Somebody works on it.
pub struct InProgress {
    by: String,
}

/// Done, in the view of who did it.
pub struct Resolved {
    by: String,
    resolution: Resolution,
}

/// Done, in the view of somebody else too.
pub struct Verified {
    resolution: Resolution,
}

/// Over, unless it comes back.
pub struct Closed {
    resolution: Resolution,
}

/// Why something was refused that the state would have allowed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It is somebody else's.
    #[error("{0} works on it")]
    NotYours(String),
    /// A fix needs work.
    #[error("nobody works on it")]
    NoWork,
    /// Four eyes.
    #[error("{0} has resolved it, and cannot verify it too")]
    OwnWork(String),
}

impl Todo {
    /// A word about it for a list of what is to be done.
    fn note(&self) -> String {
        match self {
            Self::New(New) => "new".to_owned(),
            Self::Assigned(assigned) => format!("for {}", assigned.to),
            Self::Reopened(reopened) => format!("again: {}", reopened.why),
        }
    }
}

/// What all states share.
pub struct Issue {
    began: Instant,
    /// Since when it is open, while it is.
    open_since: Instant,
    /// How long it was open before.
    was_open: Duration,
    history: Vec<(u64, Transition)>,
}

#[genserver(states(
    Open { Todo { New: initial, Assigned, Reopened }, InProgress },
    Done { Resolved, Verified, Closed },
))]
impl Issue {
    /// Somebody reports it.
    #[init]
    pub fn report() -> (Self, New) {
        let now = Instant::now();
        let issue =
            Self { began: now, open_since: now, was_open: Duration::ZERO, history: Vec::new() };
        (issue, New)
    }

    /// Gives it to somebody, also when somebody else had it.
    #[call(Todo => Assigned)]
    pub fn assign(&self, st: &Todo, #[into] to: String) -> Next {
        st.goto(|_| Assigned { to })
    }

    /// Whose it is begins to work.
    #[call(Assigned => InProgress)]
    pub fn begin(&self, st: &Assigned, #[into] by: String) -> Result<Next, Refusal> {
        if by != st.to {
            return Err(Refusal::NotYours(st.to.clone()));
        }
        Ok(st.goto(|assigned| InProgress { by: assigned.to }))
    }

    /// Anybody may say that nothing is to be done; only who works on it that it is fixed.
    #[call(Open => Resolved)]
    pub fn resolve(
        &self,
        st: &Open,
        #[into] by: String,
        resolution: Resolution,
    ) -> Result<Next, Refusal> {
        match st {
            Open::InProgress(work) if work.by != by => {
                return Err(Refusal::NotYours(work.by.clone()));
            }
            Open::Todo(_) if resolution == Resolution::Fixed => return Err(Refusal::NoWork),
            _ => {}
        }
        Ok(st.goto(move |_| Resolved { by, resolution }))
    }

    /// Somebody else has tried it.
    #[call(Resolved => Verified)]
    pub fn verify(&self, st: &Resolved, #[into] by: String) -> Result<Next, Refusal> {
        if by == st.by {
            return Err(Refusal::OwnWork(by));
        }
        Ok(st.goto(|resolved| Verified { resolution: resolved.resolution }))
    }

    /// Nothing is left to be done.
    #[call(Verified => Closed)]
    pub fn close(&self, st: &Verified) -> Next {
        st.goto(|verified| Closed { resolution: verified.resolution })
    }

    /// Nobody has disputed it for so long.
    #[state_timeout(Resolved, after = "14d" => Closed)]
    fn undisputed(&self, st: &Resolved) -> Next {
        st.goto(|resolved| Closed { resolution: resolved.resolution })
    }

    /// It comes back.
    #[call(Done => Reopened)]
    pub fn reopen(&self, st: &Done, #[into] why: String) -> Next {
        st.goto(|_| Reopened { why })
    }

    /// Waits until it is closed: in any other state the question is kept.
    #[call(Closed, otherwise = postpone, timeout = infinity)]
    pub fn outcome(&self, st: &Closed) -> Resolution {
        st.resolution
    }

    /// For the list of what is to be done.
    #[call(Todo)]
    pub fn note(&self, st: &Todo) -> String {
        st.note()
    }

    /// In each state.
    #[call]
    pub fn days_open(&self, st: &IssueState) -> u64 {
        let now = match st {
            IssueState::Open(_) => self.open_since.elapsed(),
            IssueState::Done(_) => Duration::ZERO,
        };
        days(self.was_open + now)
    }

    /// What became of it so far, each with its day.
    #[call]
    pub fn history(&self) -> Vec<(u64, Transition)> {
        self.history.clone()
    }

    #[enter(Open)]
    fn start_the_clock(&mut self) {
        self.open_since = Instant::now();
    }

    #[exit(Open)]
    fn stop_the_clock(&mut self) {
        self.was_open += self.open_since.elapsed();
    }

    #[transition]
    fn record(&mut self, t: &Transition) {
        self.history.push((days(self.began.elapsed()), *t));
    }
}

fn days(time: Duration) -> u64 {
    time.as_secs() / DAY.as_secs()
}

fn show<T, E: Display>(what: &str, outcome: Result<T, E>) {
    match outcome {
        Ok(_) => println!("{what} -> done"),
        Err(error) => println!("{what} -> {error}"),
    }
}

/// From the report to a resolution, with what is refused on the way.
async fn resolve(issue: &IssueClient) -> Result<(), ServerError> {
    show("verify", issue.verify("Bob").await);
    show("resolve as fixed", issue.resolve("Ann", Resolution::Fixed).await);
    issue.assign("Ann").await?;
    println!("note -> {}", issue.note().await?);
    show("Bob begins", issue.begin("Bob").await);
    show("Ann begins", issue.begin("Ann").await);
    show("assign", issue.assign("Bob").await);
    sleep(3 * DAY).await;
    show("Ann resolves", issue.resolve("Ann", Resolution::Fixed).await);
    show("Ann verifies", issue.verify("Ann").await);
    println!("may it be verified? {}", issue.can(IssueMessage::Verify).await?);
    println!("may it be closed? {}", issue.can(IssueMessage::Close).await?);
    Ok(())
}

/// It comes back, is resolved otherwise, and then nobody says anything.
async fn dispute(issue: &IssueClient) -> Result<(), ServerError> {
    sleep(13 * DAY).await;
    issue.reopen("it still crashes on Mondays").await?;
    println!("note -> {}", issue.note().await?);
    sleep(2 * DAY).await;
    show("Bob resolves", issue.resolve("Bob", Resolution::WontFix).await);
    sleep(13 * DAY).await;
    println!("after 13 days -> {}", issue.state().await?);
    sleep(2 * DAY).await;
    println!("after 15 days -> {}", issue.state().await?);
    Ok(())
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> Result<(), Box<dyn Error>> {
    println!("-- what each state allows --");
    for state in Issue::GRAPH.states {
        let state: IssueStateName = state.name.parse()?;
        let allowed: Vec<_> = state.allowed().iter().map(ToString::to_string).collect();
        println!("{state}: {}", allowed.join(", "));
    }

    let issue = Issue::start().await?;
    // Asked on the first day; the answer comes when there is one.
    let outcome = issue.outcome().send().await?;
    println!("\n-- to a resolution --");
    resolve(&issue).await?;
    println!("\n-- and back --");
    dispute(&issue).await?;
    println!("outcome, asked on day 0 -> {:?}", outcome.await?);
    println!("open for {} days in all", issue.days_open().await?);

    println!("\n-- its history --");
    for (day, transition) in issue.history().await? {
        println!("day {day}: {transition}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use genserver_runtime::machine::{self, Sample, Source};

    use super::{Issue, Resolution};

    impl<By> Sample<By> for Resolution {
        fn sample(source: &mut Source) -> Self {
            source.one_of(&[Self::Fixed, Self::WontFix, Self::Duplicate])
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_issue_does_what_it_declares() {
        let report = machine::conformance::<Issue>().seed(14).run(|_| Issue::start()).await;
        report.assert_clean();
        // No client can close what nobody disputes.
        assert_eq!(report.taken.len(), Issue::GRAPH.edges.len() - 1);
    }
}
