//! A state as text, for those who look into a server and for the report of its crash.

use std::cell::Cell;
use std::fmt::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::body::Body;
use crate::exit::Panic;
use crate::server::Server;
use crate::sys_call::FormatError;

/// How many characters of the state the report of a crash shows.
pub(crate) const REPORTED_MAX: usize = 1024;

/// What debugging shows of a server, at most so many characters of it.
pub(crate) fn shown<S: Server>(body: &Body<S>, chars_max: usize) -> Result<String, FormatError> {
    let mut text = Limited { text: String::new(), left: chars_max };
    let state = State { body, known: Cell::new(true) };
    let write = AssertUnwindSafe(|| write!(text, "{state}"));
    match catch_unwind(write) {
        _ if !state.known.get() => Err(FormatError::Unformatted { server: S::NAME }),
        // An error is the writer's own limit, or one of a `Debug` that gave up: what there is.
        Ok(_) => Ok(text.text),
        Err(payload) => Err(FormatError::Panic(Panic::new("format_state", &*payload))),
    }
}

struct State<'a, S: Server> {
    body: &'a Body<S>,
    /// Whether it can be shown, as far as is known.
    known: Cell<bool>,
}

impl<S: Server> fmt::Display for State<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = S::format_state(self.body, f);
        self.known.set(shown.is_some());
        shown.unwrap_or(Ok(()))
    }
}

/// Takes so many characters and then no more: a state of a gigabyte is not written out to be cut.
struct Limited {
    text: String,
    left: usize,
}

impl fmt::Write for Limited {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            if self.left == 0 {
                return Err(fmt::Error);
            }
            self.left -= 1;
            self.text.push(c);
        }
        Ok(())
    }
}
