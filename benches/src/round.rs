//! The rounds: all cases of a round one after another, so that what disturbs the machine for a while
//! disturbs all of them.

use crate::case::Case;
use crate::options::Options;

/// Measures all cases. A first round is not counted; each round begins with another contender.
pub fn measure(cases: &mut [Case], options: &Options) {
    if cases.is_empty() {
        return;
    }
    for case in cases.iter_mut().filter(|case| case.absence.is_none()) {
        case.prepare(options.round());
    }
    let scenarios: Vec<(usize, usize)> = scenarios(cases);
    for round in 0..=options.rounds() {
        eprintln!("round {round} of {}", options.rounds());
        for &(begin, end) in &scenarios {
            let contenders = &mut cases[begin..end];
            let count = contenders.len();
            for place in 0..count {
                let case = &mut contenders[(place + round) % count];
                if case.absence.is_none() {
                    case.round(round > 0);
                }
            }
        }
    }
}

/// Where the cases of each scenario begin and end.
fn scenarios(cases: &[Case]) -> Vec<(usize, usize)> {
    let mut begin = 0;
    let runs = cases.chunk_by(|one, next| one.scenario == next.scenario);
    runs.map(|run| {
        let end = begin + run.len();
        (std::mem::replace(&mut begin, end), end)
    })
    .collect()
}
