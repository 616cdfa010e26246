//! What a message costs as there are more of them in its mailbox.

use std::time::{Duration, Instant};

use super::Line;
use super::server::{Counter, CounterClient};
use crate::case::Case;
use crate::contenders::genserver::Inline;
use crate::options::Options;
use crate::round;
use crate::runtime::Flavor;

/// How many messages lie in the mailbox.
const QUEUED: [(u32, &str); 4] = [(0, "0"), (10, "10"), (1_000, "1,000"), (100_000, "100,000")];

const PUSH: &str = "push of a cast";
const CALL: &str = "call behind them";
const EACH: &str = "call behind them, a message handled";

/// Room for all of them, and for those whose push is measured.
const ROOM: u32 = 1 << 20;
/// How many pushes are measured at once: fewer are too short for the clock.
const PUSHES: u32 = 32;
/// Times that are not counted: until the mailbox has the memory that it needs.
const FIRST: u32 = 3;
/// How many messages there are in a round at the most.
const MESSAGES_MAX: u32 = 400_000;

async fn start() -> CounterClient {
    Counter::start(Counter::new()).mailbox(ROOM).await.expect("it starts")
}

/// Nothing is handled before the caller waits: there is one thread.
fn fill(server: &CounterClient, casts: u32) {
    for _ in 0..casts {
        server.count().try_send().expect("there is room");
    }
}

/// What of a round is timed.
#[derive(Clone, Copy)]
enum Timed {
    /// `PUSHES` casts to a mailbox that has so many.
    Pushes,
    /// A call behind them, until its reply.
    Call,
}

async fn rounds(what: Timed, queued: u32, times: u32) -> Duration {
    let pushes = match what {
        Timed::Pushes => PUSHES,
        Timed::Call => 0,
    };
    let server = start().await;
    let mut time = Duration::ZERO;
    for done in 0..FIRST + times {
        fill(&server, queued);
        let begun = Instant::now();
        fill(&server, pushes);
        let filled = begun.elapsed();
        let reply = server.add_queued().await.expect("it runs");
        if done >= FIRST {
            time += match what {
                Timed::Pushes => filled,
                Timed::Call => begun.elapsed(),
            };
        }
        assert_eq!(reply, u64::from(queued + pushes + 1) * u64::from(done + 1));
    }
    time
}

/// Measures all of it.
pub fn measure(options: &Options) -> Vec<Line> {
    let mut cases = Vec::new();
    for (queued, name) in QUEUED {
        let times = (MESSAGES_MAX / (queued + PUSHES)).max(FIRST);
        cases.push(Case::new(PUSH, name, Flavor::One, times, move |on, times| {
            on.run::<Inline>(rounds(Timed::Pushes, queued, times))
        }));
    }
    for (queued, name) in QUEUED {
        let times = (MESSAGES_MAX / (queued + 1)).max(FIRST);
        cases.push(Case::new(CALL, name, Flavor::One, times, move |on, times| {
            on.run::<Inline>(rounds(Timed::Call, queued, times))
        }));
    }
    cases.retain(|case| options.wants(case.scenario));
    round::measure(&mut cases, options);
    let lines = [
        Line::of(&cases, PUSH, PUSH, &QUEUED, |_| PUSHES),
        Line::of(&cases, CALL, EACH, &QUEUED, |queued| queued + 1),
        Line::of(&cases, CALL, CALL, &QUEUED, |_| 1),
    ];
    lines.into_iter().flatten().collect()
}
