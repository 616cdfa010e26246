//! The child that most of the tests supervise: it says when it starts and ends.

use genserver_runtime::prelude::*;

use crate::support::Journal;

pub struct Child {
    name: &'static str,
    journal: Journal,
    value: u64,
}

#[genserver]
impl Child {
    #[init]
    pub fn new(journal: Journal, name: &'static str) -> Self {
        journal.note(format!("+{name}"));
        Self { name, journal, value: 0 }
    }

    #[call]
    pub fn add(&mut self, by: u64) -> u64 {
        self.value += by;
        self.value
    }

    #[call]
    pub fn boom(&mut self) {
        panic!("expected: boom");
    }

    #[call]
    pub fn quit(&mut self, cx: &mut Cx<Self>, reason: ExitReason) {
        cx.stop(reason);
    }

    #[terminate]
    fn close(&mut self, reason: &ExitReason) {
        self.journal.note(format!("-{} {reason}", self.name));
    }
}
