//! What a queued call costs as there are more calls in the same runtime that wait for their replies: the
//! time-outs of all of them are kept by one list.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::Line;
use super::server::{Counter, Silence};
use crate::case::Case;
use crate::contenders::genserver::Inline;
use crate::options::Options;
use crate::round;
use crate::runtime::Flavor;

/// How many calls wait.
const WAITING: [(u32, &str); 5] =
    [(0, "0"), (10, "10"), (1_000, "1,000"), (100_000, "100,000"), (1_000_000, "1,000,000")];

const CALL: &str = "queued call, others wait";
const BURST: &str = "queued call, others have waited";

/// As long as a few looks through the list take, and what follows from them.
const TICKS: Duration = Duration::from_millis(100);
/// Operations of a round at the least: the list is looked through every 25 ms.
const OPERATIONS_MIN: u32 = 100_000;
/// Operations of a round at the most.
const OPERATIONS_MAX: u32 = 2_000_000;

/// Calls of an idle server, while so many calls of another one wait; or, where these `left`, while one
/// of them waits.
async fn call(waiting: u32, left: bool, operations: u32) -> Duration {
    let silence = Silence::start(Silence::default()).mailbox(waiting + 1).await.expect("it starts");
    let mut replies = Vec::new();
    for _ in 0..waiting {
        replies.push(silence.wait().send().await.expect("there is room"));
    }
    if left {
        replies.truncate(1);
    }
    // What is done once with each of them, at the first look through the list, is over.
    sleep(TICKS).await;
    let server = Counter::start(Counter::new()).await.expect("it starts");
    let begun = Instant::now();
    for number in 1..=u64::from(operations) {
        assert_eq!(server.add_queued().await, Ok(number));
    }
    let time = begun.elapsed();
    drop(replies);
    time
}

/// Measures all of it.
pub fn measure(options: &Options) -> Vec<Line> {
    let mut cases = Vec::new();
    for (scenario, left) in [(CALL, false), (BURST, true)] {
        for (waiting, name) in WAITING {
            let run = move |on: Flavor, times| on.run::<Inline>(call(waiting, left, times));
            let mut case = Case::new(scenario, name, Flavor::One, OPERATIONS_MAX, run);
            case.operations_min = OPERATIONS_MIN;
            cases.push(case);
        }
    }
    cases.retain(|case| options.wants(case.scenario));
    round::measure(&mut cases, options);
    let line = |scenario| Line::of(&cases, scenario, scenario, &WAITING, |_| 1);
    [CALL, BURST].into_iter().filter_map(line).collect()
}
