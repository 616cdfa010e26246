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
pub const TIMED: &str = "call, its default time-out alone";
pub const RESTART: &str = "restart of a child";

/// Operations of a round at the most.
const OPERATIONS_MAX: u32 = 2_000_000;

/// The same where an operation takes next to no time, so that it would not limit them.
const TIMED_MAX: u32 = 200_000;

/// How many calls are made of one kind before those of the other: fewer than the clock would tell apart from
/// itself are too few, and more than pass between two moods of a machine too many.
const TURN: u64 = 100;

/// What calls through the queue take longer than those that would wait for ever; nothing where they do not.
async fn default_timeout(operations: u32) -> Duration {
    let server = queued::Counter::start(queued::Counter::new()).await.expect("it starts");
    let [mut timed, mut untimed] = [Duration::ZERO; 2];
    let mut number = 0;
    for _ in 0..u64::from(operations).div_ceil(TURN) {
        let begun = Instant::now();
        for _ in 0..TURN {
            number += 1;
            assert_eq!(server.add().await, Ok(number));
        }
        let between = Instant::now();
        for _ in 0..TURN {
            number += 1;
            assert_eq!(server.add().no_timeout().await, Ok(number));
        }
        timed += between - begun;
        untimed += between.elapsed();
    }
    timed.saturating_sub(untimed)
}

pub fn push(cases: &mut Vec<Case>) {
    for flavor in Flavor::ALL {
        let run: fn(Flavor, u32) -> Duration = |on, times| on.run::<Queued>(default_timeout(times));
        cases.push(Case::new(TIMED, Queued::NAME, flavor, TIMED_MAX, run));
    }
    let mut push = |scenario, contender, run: fn(Flavor, u32) -> Duration| {
        for flavor in Flavor::ALL {
            cases.push(Case::new(scenario, contender, flavor, OPERATIONS_MAX, run));
        }
    };
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
