//! The last holder of a server goes. It may go with the state of another server, and so on: a
//! long chain of servers ends without a deep stack.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use crate::core::Core;
use crate::demand;
use crate::exit::ExitReason;
use crate::node::Stop;
use crate::server::Server;

/// How many servers may end on one stack, each with the state of the one before.
const NESTING_MAX: u32 = 16;

struct Orphans {
    depth: Cell<u32>,
    /// The ends that were put off, for the outermost one to ask for.
    put_off: RefCell<Vec<Box<dyn FnOnce()>>>,
}

thread_local! {
    static ORPHANS: Orphans =
        const { Orphans { depth: Cell::new(0), put_off: RefCell::new(Vec::new()) } };
}

/// One level, until it is dropped.
struct Level(u32);

impl Level {
    /// `None` where the thread ends, and its locals have gone.
    fn enter() -> Option<Self> {
        ORPHANS.try_with(|orphans| Self(orphans.depth.replace(orphans.depth.get() + 1))).ok()
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        let _ = ORPHANS.try_with(|orphans| orphans.depth.set(self.0));
    }
}

/// The server ends after what is queued, unless it gets a client again.
pub(crate) fn orphaned<S: Server>(core: &Arc<Core<S>>) {
    let Some(level) = Level::enter() else { return end(core) };
    match level.0 {
        0 => {
            end(core);
            while let Some(next) = ORPHANS.with(|orphans| orphans.put_off.borrow_mut().pop()) {
                next();
            }
        }
        1..NESTING_MAX => end(core),
        _ => {
            let core = Arc::clone(core);
            let end: Box<dyn FnOnce()> = Box::new(move || end(&core));
            ORPHANS.with(|orphans| orphans.put_off.borrow_mut().push(end));
        }
    }
}

fn end<S: Server>(core: &Arc<Core<S>>) {
    demand::ask(core, Stop::After(ExitReason::Normal), true, None);
}
