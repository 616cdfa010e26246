//! What not every library has: measured of this project, and of the hand-written actor where it can
//! be written in a few lines.

mod lookup;
mod restart;
mod transition;

use std::time::{Duration, Instant};

use crate::case::Case;
use crate::contender::Contender;
use crate::contenders::genserver::{Inline, Queued, queued};
use crate::contenders::hand_written::HandWritten;
use crate::runtime::Flavor;

pub const TRANSITION: &str = "transition, data moved";
pub const NAMED: &str = "call by name";
pub const NAMED_ANEW: &str = "call by name, a client each";
pub const KEYED: &str = "call by key";
pub const UNTIMED: &str = "call without a time-out";
pub const RESTART: &str = "restart of a child";

/// Operations of a round at the most.
const OPERATIONS_MAX: u32 = 2_000_000;

/// A call through the queue that would wait for ever.
async fn call_untimed(operations: u32) -> Duration {
    let server = queued::Counter::start(queued::Counter::new()).await.expect("it starts");
    let begun = Instant::now();
    for number in 1..=u64::from(operations) {
        assert_eq!(server.add().no_timeout().await, Ok(number));
    }
    begun.elapsed()
}

pub fn push(cases: &mut Vec<Case>) {
    let mut push = |scenario, contender, run: fn(Flavor, u32) -> Duration| {
        for flavor in Flavor::ALL {
            cases.push(Case::new(scenario, contender, flavor, OPERATIONS_MAX, run));
        }
    };
    push(UNTIMED, Queued::NAME, |on, times| on.run::<Queued>(call_untimed(times)));
    push(TRANSITION, HandWritten::NAME, |on, times| {
        on.run::<HandWritten>(transition::hand_written(times))
    });
    push(TRANSITION, Inline::NAME, |on, times| on.run::<Inline>(transition::declared(times)));
    push(NAMED, HandWritten::NAME, |on, times| on.run::<HandWritten>(lookup::hand_written(times)));
    push(NAMED, Inline::NAME, |on, times| on.run::<Inline>(lookup::named(times)));
    push(NAMED_ANEW, Inline::NAME, |on, times| on.run::<Inline>(lookup::named_anew(times)));
    push(KEYED, Inline::NAME, |on, times| on.run::<Inline>(lookup::keyed(times)));
    push(RESTART, HandWritten::NAME, |on, times| {
        on.run::<HandWritten>(restart::hand_written(times))
    });
    push(RESTART, Inline::NAME, |on, times| on.run::<Inline>(restart::supervised(times)));
}
