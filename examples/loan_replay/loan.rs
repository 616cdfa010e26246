//! The life of a loan application as a state machine.

#[cfg(test)]
mod tests;

use genserver_runtime::prelude::*;

/// Nothing was handed in yet.
pub struct New;
/// Handed in.
pub struct Submitted;
/// Part of the papers are there.
pub struct PartlySubmitted;
/// The first check was passed.
pub struct Preaccepted;
/// The second check was passed; the customer gets an offer.
pub struct Accepted;
/// The offer was taken.
pub struct Finalized;
/// Some of the last three steps were done.
pub struct Granting {
    done: Vec<LastStep>,
}
/// All three last steps were done: the loan runs.
pub struct Granted;
/// The bank said no.
pub struct Declined;
/// The customer went away.
pub struct Cancelled;

/// The last steps, which come in any order, each once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastStep {
    /// The loan is approved.
    Approve,
    /// It is entered into the books.
    Register,
    /// It is paid out.
    Activate,
}

/// How many last steps there are.
const LAST_STEPS: usize = 3;

/// A last step came a second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0:?}` was done before")]
pub struct Repeated(LastStep);

impl Granting {
    /// The steps that will be done after one more.
    fn with(&self, step: LastStep) -> Result<Vec<LastStep>, Repeated> {
        let mut done = self.done.clone();
        if done.contains(&step) {
            return Err(Repeated(step));
        }
        done.push(step);
        Ok(done)
    }
}

/// One application.
pub struct Loan;

#[genserver(states(
    New: initial,
    Submitted,
    PartlySubmitted,
    Preaccepted,
    Accepted,
    Closing { Finalized, Granting },
    Granted: terminal,
    Declined: terminal,
    Cancelled: terminal,
))]
impl Loan {
    /// An application that nobody has handed in.
    #[init]
    pub fn new() -> (Self, New) {
        (Self, New)
    }

    /// The customer hands the application in.
    #[call(New => Submitted)]
    pub fn submit(&self) {}

    /// Part of the papers arrive.
    #[call(Submitted => PartlySubmitted)]
    pub fn partly_submit(&self) {}

    /// The first check is passed.
    #[call(PartlySubmitted => Preaccepted)]
    pub fn preaccept(&self) {}

    /// The second check is passed.
    #[call(Preaccepted => Accepted)]
    pub fn accept(&self) {}

    /// The customer takes the offer.
    #[call(Accepted => Finalized)]
    pub fn finalize(&self) {}

    /// The bank says no.
    #[call(PartlySubmitted | Preaccepted | Accepted | Finalized => Declined)]
    pub fn decline(&self) {}

    /// The customer goes away.
    #[call(PartlySubmitted | Preaccepted | Accepted | Finalized => Cancelled)]
    pub fn cancel(&self) {}

    /// One of the last three steps; the loan is granted with the third.
    #[call(Finalized => Granting, Granting => Granting | Granted)]
    pub fn close(&self, st: LoanCloseFrom<'_>, step: LastStep) -> Result<Next, Repeated> {
        match st {
            LoanCloseFrom::Finalized(st) => Ok(st.goto(move |_| Granting { done: vec![step] })),
            LoanCloseFrom::Granting(st) => {
                let done = st.with(step)?;
                if done.len() == LAST_STEPS {
                    return Ok(st.goto(|_| Granted));
                }
                Ok(st.goto(move |_| Granting { done }))
            }
        }
    }
}
