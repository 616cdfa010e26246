//! The child that comes and goes: it ends in every way, and takes its time for it.

use std::time::Duration;

use genserver_runtime::prelude::*;

use crate::support::{Gate, Journal};

/// What a guest does when it is to end.
#[derive(Clone, Copy, Debug)]
pub enum Leaving {
    AtOnce,
    After(Duration),
    Never,
    Panics,
}

#[derive(Debug)]
pub struct Guest {
    name: String,
    journal: Journal,
    leaving: Leaving,
}

#[genserver]
impl Guest {
    #[init]
    pub fn new(journal: Journal, name: String, leaving: Leaving) -> Self {
        journal.note(format!("+{name}"));
        Self { name, journal, leaving }
    }

    #[call]
    pub fn name(&self) -> String {
        self.name.clone()
    }

    #[call]
    pub fn boom(&mut self) {
        panic!("expected: boom");
    }

    #[call]
    pub fn quit(&mut self, cx: &mut Cx<Self>, reason: ExitReason) {
        cx.stop(reason);
    }

    /// Waits for the test, and has decided its end by itself when it goes on.
    #[cast]
    pub async fn quit_after(&mut self, cx: &mut Cx<Self>, gate: Gate, reason: ExitReason) {
        gate.pass().await;
        cx.stop(reason);
    }

    #[terminate]
    async fn close(&mut self, reason: &ExitReason) {
        match self.leaving {
            Leaving::AtOnce => {}
            Leaving::After(time) => tokio::time::sleep(time).await,
            Leaving::Never => std::future::pending().await,
            Leaving::Panics => panic!("expected: cannot leave"),
        }
        self.journal.note(format!("-{} {reason}", self.name));
    }
}

/// What starts a guest.
pub type Starting = genserver_runtime::Start<
    Guest,
    GuestClient,
    (Journal, String, Leaving),
    std::convert::Infallible,
>;

/// What starts a guest of this name.
pub fn guest(
    journal: &Journal,
    name: &str,
    leaving: Leaving,
) -> impl FnMut() -> Starting + Send + 'static {
    let (journal, name) = (journal.clone(), name.to_owned());
    move || Guest::start(journal.clone(), name.clone(), leaving)
}
