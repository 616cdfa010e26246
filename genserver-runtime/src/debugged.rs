//! What a server is watched by from its start.

use crate::core::Core;
use crate::server::Server;
use crate::start::Start;

/// What is watched from the first message on.
#[derive(Clone, Copy, Default)]
pub(crate) struct Debugged {
    trace: bool,
    log: usize,
    statistics: bool,
}

impl Debugged {
    pub(crate) fn watch<S: Server>(self, core: &Core<S>) {
        let Self { trace, log, statistics } = self;
        if trace || log > 0 || statistics {
            core.with_watch(|watch| {
                watch.trace = trace;
                watch.keep_log(log);
                watch.measure(statistics);
            });
        }
    }
}

/// Watched from the first message on.
impl<S: Server, C, A, E> Start<S, C, A, E> {
    /// Traces it from its first message on: see [`Sys::trace`](crate::Sys::trace). Like the option
    /// `{debug, [trace]}` of `gen_server:start/4`.
    pub fn trace(mut self) -> Self {
        self.debug.trace = true;
        self
    }

    /// Keeps its newest events from the first message on: see [`Sys::log`](crate::Sys::log). Like
    /// `{debug, [{log, N}]}`.
    pub fn log(mut self, size: usize) -> Self {
        self.debug.log = size;
        self
    }

    /// Measures it from its first message on: see [`Sys::statistics`](crate::Sys::statistics). Like
    /// `{debug, [statistics]}`.
    pub fn statistics(mut self) -> Self {
        self.debug.statistics = true;
        self
    }
}
