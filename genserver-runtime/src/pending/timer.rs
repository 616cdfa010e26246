//! How a request's time is kept.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;

use crate::clock::{self, Instant, Sleep};
use crate::frame::Deadline;
use crate::home::Home;
use crate::slot::{Expire, Slot};
use crate::sweeper::{Key, Whose};

/// What keeps the time of a request.
pub(super) enum Timer {
    Off,
    /// By the sweeper of the server's runtime, which the caller is in, once it has called the roll.
    Rolled,
    /// By the same, at a place of its own.
    Swept(Key),
    /// By that of another runtime, which the caller was in.
    Abroad(Arc<Home>, Key),
    Exact(Pin<Box<Sleep>>),
    /// On a thread without a runtime, which looks at the clock from time to time.
    Thread(std::time::Instant),
}

/// Starts the clock of a request that is on no roll: the time that it has in all. Where that is not exact, its
/// caller is in another runtime than the server's, or in none.
pub(super) fn arm<T: Send + 'static>(
    slot: &Arc<Slot<T>>,
    deadline: Deadline,
    exact: bool,
) -> (Timer, Duration) {
    let within = match deadline {
        Deadline::Never => return (Timer::Off, Duration::MAX),
        Deadline::Within(within) => within,
        Deadline::At(at) => {
            let left = at.saturating_duration_since(Instant::now());
            return (Timer::Exact(Box::pin(clock::sleep_until(at))), left);
        }
    };
    if exact {
        return (arm_own(slot, within), within);
    }
    debug_assert!(!slot.node().home().is_current(), "its time-out belongs on the roll");
    let expire = Arc::clone(slot) as Arc<dyn Expire>;
    (arm_abroad(expire, within).unwrap_or_else(|| arm_own(slot, within)), within)
}

/// The sweeper of the server's runtime may be stuck while the caller's goes on: where the caller is in
/// another one, it relies on that one's.
#[cold]
fn arm_abroad(expire: Arc<dyn Expire>, within: Duration) -> Option<Timer> {
    let home = Home::current()?;
    let key = home.sweeper().insert(expire, within, Whose::Foreign);
    if home.is_gone() {
        // It may have ended before it could be told.
        home.sweeper().remove(key);
        return None;
    }
    Some(Timer::Abroad(home, key))
}

/// A timer of its own.
#[cold]
pub(super) fn arm_own<T>(slot: &Slot<T>, within: Duration) -> Timer {
    if Handle::try_current().is_err() {
        // Beyond what the clock can say is for ever.
        let at = std::time::Instant::now().checked_add(within);
        return at.map_or(Timer::Off, Timer::Thread);
    }
    let sleep = Box::pin(clock::sleep(within));
    slot.set_deadline(Deadline::At(sleep.deadline()));
    Timer::Exact(sleep)
}
