//! An end that comes at a time.

use std::sync::Arc;

use crate::exit::ExitReason;
use crate::link::Exit;
use crate::node::{Node, Stop};
use crate::tie::Through;

/// An end to come.
#[doc(hidden)]
pub enum End {
    /// By an exit signal.
    Exit(ExitReason),
    Kill,
}

impl End {
    pub(crate) fn what(&self) -> &'static str {
        match self {
            Self::Exit(_) => "exit",
            Self::Kill => "kill",
        }
    }

    pub(crate) fn come(self, node: Arc<dyn Node>) {
        match self {
            Self::Exit(reason) => node.signal(Exit::by_hand(reason), Through::Hand),
            Self::Kill => node.stop(Stop::Kill, None),
        }
    }
}
