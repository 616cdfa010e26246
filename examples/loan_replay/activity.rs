//! Which activity of a log is which call of the machine: a table.

use std::pin::Pin;

use genserver_runtime::{CallError, ServerError};

use crate::loan::{LastStep, LoanClient, Repeated};

/// A call on its way.
pub(crate) type Calling<'a> = Pin<Box<dyn Future<Output = Result<(), CallError<Repeated>>> + 'a>>;

/// A row of the table.
struct Row {
    name: &'static str,
    call: fn(&LoanClient) -> Calling<'_>,
}

/// Every activity that a log may name.
const TABLE: &[Row] = &[
    Row { name: "A_SUBMITTED", call: |loan| plain(loan.submit()) },
    Row { name: "A_PARTLYSUBMITTED", call: |loan| plain(loan.partly_submit()) },
    Row { name: "A_PREACCEPTED", call: |loan| plain(loan.preaccept()) },
    Row { name: "A_ACCEPTED", call: |loan| plain(loan.accept()) },
    Row { name: "A_FINALIZED", call: |loan| plain(loan.finalize()) },
    Row { name: "A_DECLINED", call: |loan| plain(loan.decline()) },
    Row { name: "A_CANCELLED", call: |loan| plain(loan.cancel()) },
    Row { name: "A_APPROVED", call: |loan| Box::pin(loan.close(LastStep::Approve)) },
    Row { name: "A_REGISTERED", call: |loan| Box::pin(loan.close(LastStep::Register)) },
    Row { name: "A_ACTIVATED", call: |loan| Box::pin(loan.close(LastStep::Activate)) },
];

fn plain<'a>(call: impl Future<Output = Result<(), ServerError>> + 'a) -> Calling<'a> {
    Box::pin(async move { Ok(call.await?) })
}

/// An activity of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Activity(usize);

impl Activity {
    /// The activity of that name, if the machine knows it.
    pub(crate) fn find(name: &str) -> Option<Self> {
        TABLE.iter().position(|row| row.name == name).map(Self)
    }

    /// Its name in the log.
    pub(crate) fn name(self) -> &'static str {
        TABLE[self.0].name
    }

    /// The call that it is.
    pub(crate) fn call(self, loan: &LoanClient) -> Calling<'_> {
        (TABLE[self.0].call)(loan)
    }
}
