//! The allocations of each guarded path, and what they are for.

use allocation_counter::measure;
use paths::{PATHS, Path};

/// How many operations few are, and many: what lies between them is what counts.
const FEW: u64 = 200;
const MANY: u64 = FEW + 1_000;

/// What the tables and queues may do meanwhile that grow with what is in them, or shrink.
const GROWTH_MAX: u64 = 20;

/// What one operation of a path allocates: for each reason, how often.
type Costs = [(u64, &'static str)];

/// The server itself, and how it is asked to end.
const LIFE: [(u64, &str); 3] = [
    (1, "what its clients share"),
    (1, "its state, beside what handlers are given"),
    (1, "what the one who stops it waits for"),
];

/// The end of a server that somebody is told of.
const END: [(u64, &str); 2] = [
    (1, "what only some servers need: here why it ended"),
    (2, "the wish to end, and the decision"),
];

/// All paths: no more, and no less, as a loose figure guards nothing.
const COSTS: [(&str, &[&Costs]); 19] = [
    ("call", &[]),
    ("async_call", &[&[(1, "the handler's future")]]),
    ("nested_call", &[&[(1, "the outer handler's future")]]),
    ("queued_call", &[&[(1, "the reply")]]),
    ("mailbox_call", &[&[(1, "the reply")]]),
    ("untimed_call", &[&[(1, "the reply")]]),
    ("hand_written_call", &[&[(1, "the reply's channel")]]),
    ("cast_burst", &[&[(1, "the reply of the call behind them")]]),
    ("info_burst", &[&[(1, "the reply of the call behind them")]]),
    (
        "timer",
        &[&[
            (1, "the timer, which its `Timer` holds too"),
            (1, "the message, which keeps the timer"),
            (1, "the reply of the call behind it"),
        ]],
    ),
    ("name_kept_call", &[]),
    ("named_call", &[&[(1, "the name, which the client keeps"), (1, "the place of that name")]]),
    ("registry_call", &[]),
    ("keyed_call", &[&[(1, "the place of the key")]]),
    ("transition", &[]),
    ("transition_with", &[&[(1, "what the closure captures")]]),
    ("start_call_stop", &[&LIFE, &[(2, "the list of live servers, which goes with the last one")]]),
    (
        "child",
        &[
            &LIFE,
            &END,
            &[
                (3, "its start: as it was given, the request's reply, the attempt"),
                (1, "the start, type and all"),
                (2, "the member of its family, and its spot"),
                (1, "the future of `terminate_child`"),
                (1, "the message to the supervisor that it has ended"),
            ],
        ],
    ),
    (
        "restart",
        &[&[
            (2, "the wish to end, and the decision"),
            (1, "the reason, which the handler made"),
            (2, "the reply that waits for the end, and who waits for it"),
            (2, "the drain task that ends the server, and what only some servers need"),
            (1, "the message to the supervisor that it has ended"),
            (2, "the list of what is to be done, from the plan and for the family"),
            (2, "the attempt and the start"),
            (2, "what clients share and the state, of the successor"),
            (5, "the caller, which waits for the successor until its time is over"),
        ]],
    ),
];

fn count(path: &Path, times: u64) -> u64 {
    measure(|| path.walk(times)).count_total
}

#[test]
fn an_operation_allocates_for_the_stated_reasons() {
    let names: Vec<_> = PATHS.iter().map(|path| path.name).collect();
    assert_eq!(names, COSTS.map(|(name, _)| name), "each path is stated");
    let mut complaints = String::new();
    for (path, (name, costs)) in PATHS.iter().zip(COSTS) {
        let stated: u64 = costs.iter().flat_map(|costs| costs.iter()).map(|(count, _)| count).sum();
        let more = count(path, MANY).saturating_sub(count(path, FEW));
        if more.abs_diff(stated * (MANY - FEW)) > GROWTH_MAX {
            let each = more / (MANY - FEW);
            complaints.extend([format!("{name}: {each} allocations instead of {stated}\n")]);
        }
    }
    assert!(complaints.is_empty(), "{complaints}state them anew, with what they are for");
}
