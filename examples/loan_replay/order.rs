//! Brings the events of all cases into the one order in which the bank saw them.

use crate::log::{Case, Log};

/// Merges the events of all `cases` in the order of their time.
///
/// Events of the same instant keep the order of the log: first the order of the cases, then the
/// order within the case. A log may close its earliest case last, so nothing can leave before
/// everything is in.
pub(crate) fn by_time<A, E>(
    cases: impl IntoIterator<Item = Result<Case<A>, E>>,
) -> Result<Log<A>, E> {
    let mut log = Log { cases: Vec::new(), events: Vec::new() };
    for case in cases {
        let case = case?;
        log.cases.push(case.name);
        log.events.extend(case.events);
    }
    // A stable sort: what is equal keeps the order in which it was read.
    log.events.sort_by_key(|event| event.at);
    Ok(log)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::log::Event;

    /// Each case is the seconds of its events; the answer is `(case, event within the case)`.
    #[track_caller]
    fn check(cases: &[&[i64]], expected: &[(u32, usize)]) {
        let cases = cases.iter().zip(0..).map(|(seconds, case)| {
            let events = seconds.iter().enumerate().map(|(activity, second)| {
                let at = Timestamp::from_second(*second).expect("a second near 1970");
                Event { case, activity, at }
            });
            Ok::<_, String>(Case { name: format!("case {case}").into(), events: events.collect() })
        });
        let log = by_time(cases).expect("no case fails");
        let order: Vec<_> = log.events.iter().map(|event| (event.case, event.activity)).collect();
        assert_eq!(order, expected);
    }

    #[test]
    fn cases_are_interleaved_by_time() {
        check(&[&[1, 5], &[2, 3], &[0, 9]], &[(2, 0), (0, 0), (1, 0), (1, 1), (0, 1), (2, 1)]);
    }

    #[test]
    fn ties_keep_the_order_of_cases_and_then_of_events() {
        check(&[&[7, 7], &[7], &[6, 7]], &[(2, 0), (0, 0), (0, 1), (1, 0), (2, 1)]);
    }

    #[test]
    fn cases_without_events_keep_their_index() {
        check(&[&[], &[1], &[]], &[(1, 0)]);
    }

    #[test]
    fn the_first_error_ends_the_merge() {
        let cases = [Err::<Case<()>, _>("first"), Err("second")];
        assert_eq!(by_time(cases), Err("first"));
    }
}
