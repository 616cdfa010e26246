//! The ticks of an interval: at a fixed rate, one at a time.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::Notify;

use crate::clock::{self, Instant};
use crate::item::{Paced, Source};
use crate::node::Node;
use crate::options::Missed;
use crate::timer::{Armed, Fired};

/// Delivers a tick; `false` when nobody is there any more.
pub(crate) type Deliver = Box<dyn FnMut(Source) -> bool + Send>;

/// Delivers tick after tick, each when the one before was handled, until `deliver` says that nobody
/// is there any more. `owner` counts those that were late.
pub(crate) async fn run_ticks(
    armed: Arc<Armed>,
    period: Duration,
    missed: Missed,
    mut deliver: Deliver,
    owner: Option<Weak<dyn Node>>,
) {
    let handled = Arc::new(Notify::new());
    loop {
        clock::sleep_until(armed.due()).await;
        if !armed.is_live() {
            return;
        }
        let paced = Some(Paced(Arc::clone(&handled)));
        if !deliver(Source::Timer(Fired::new(&armed), paced)) {
            return;
        }
        handled.notified().await;
        let (next, late) = next_tick(armed.due(), Instant::now(), period, missed);
        armed.put_off(next);
        if late > 0
            && let Some(owner) = owner.as_ref().and_then(Weak::upgrade)
        {
            owner.count_missed(late);
        }
    }
}

/// When the tick after the one of `due` comes, which was handled at `now`, and how many ticks
/// were late or left out by then. A fixed rate: what a handler takes does not add up.
fn next_tick(due: Instant, now: Instant, period: Duration, missed: Missed) -> (Instant, u64) {
    let behind = now.saturating_duration_since(due);
    let late = u64::try_from(behind.as_nanos() / period.as_nanos().max(1)).unwrap_or(u64::MAX);
    match missed {
        Missed::CatchUp => (due + period, u64::from(late > 0)),
        Missed::Delay if late > 0 => (now + period, late),
        Missed::Skip | Missed::Delay => {
            let into = behind.as_nanos() % period.as_nanos().max(1);
            let into = Duration::from_nanos(u64::try_from(into).unwrap_or(u64::MAX));
            (now.max(due) - into + period, late)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(missed: Missed, handled_after_ms: u64, next_after_ms: u64, late: u64) {
        let due = Instant::now();
        let ms = Duration::from_millis;
        let now = due + ms(handled_after_ms);
        let expected = (due + ms(next_after_ms), late);
        assert_eq!(next_tick(due, now, ms(100), missed), expected);
    }

    #[test]
    fn a_tick_that_is_handled_in_time_moves_nothing() {
        for missed in [Missed::Skip, Missed::CatchUp, Missed::Delay] {
            check(missed, 0, 100, 0);
            check(missed, 99, 100, 0);
        }
    }

    #[test]
    fn late_ticks_are_skipped_caught_up_or_delayed() {
        check(Missed::Skip, 100, 200, 1);
        check(Missed::Skip, 350, 400, 3);
        check(Missed::CatchUp, 350, 100, 1);
        check(Missed::Delay, 350, 450, 3);
    }
}
