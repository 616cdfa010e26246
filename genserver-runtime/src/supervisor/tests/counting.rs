//! What is counted: restarts in a period, and members that are looked at.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::Duration;

use crate::clock::Instant;
use crate::options::Restart;
use crate::supervisor::intensity::Intensity;
use crate::supervisor::plan::{Action, Event, Member, Phase, Plan};
use crate::supervisor::spec::{AutoShutdown, Strategy};

const SECOND: Duration = Duration::from_secs(1);

/// Restarts at those seconds, and whether each is still allowed.
#[track_caller]
fn check(max: u32, seconds: &[(u32, bool)]) {
    let mut intensity = Intensity::new(max, 5 * SECOND).expect("a period");
    let begin = Instant::now();
    for &(second, allowed) in seconds {
        assert_eq!(intensity.add(begin + second * SECOND), allowed, "at {second}");
    }
}

#[test]
fn more_than_so_many_restarts_in_the_period_are_too_many() {
    check(0, &[(0, false)]);
    check(1, &[(0, true), (0, false)]);
    check(3, &[(0, true), (1, true), (2, true), (3, false)]);
}

#[test]
fn restarts_older_than_the_period_drop_out() {
    check(1, &[(0, true), (6, true), (12, true)]);
    check(1, &[(0, true), (5, false)]);
    check(2, &[(0, true), (4, true), (6, true), (8, false)]);
    check(1, &[(0, true), (1, false), (2, false), (8, true)]);
}

/// A child that counts how often it is looked at.
struct Watched<'a>(Member, &'a Cell<usize>);

impl AsRef<Member> for Watched<'_> {
    fn as_ref(&self) -> &Member {
        self.1.set(self.1.get() + 1);
        &self.0
    }
}

#[test]
fn one_for_one_looks_at_no_other_child() {
    let looks = Cell::new(0);
    let intensity = Intensity::new(9, SECOND).expect("a period");
    let mut plan = Plan::new(Strategy::OneForOne, AutoShutdown::Never, intensity, None);
    let member = |restart| Member { phase: Phase::Up, ..Member::new(restart, false) };
    let restarts = [Restart::Permanent, Restart::Transient, Restart::Temporary];
    let members: BTreeMap<_, _> = (0..10_000)
        .zip(restarts.into_iter().cycle())
        .map(|(key, restart)| (key, Watched(member(restart), &looks)))
        .collect();
    for key in 4_000..4_003 {
        for event in
            [Event::Exited { key, clean: true }, Event::StartFailed { key }, Event::Due { key }]
        {
            plan.decide(&members, event, Instant::now(), 0.0);
            assert!(looks.take() < 10, "{event:?}");
        }
    }
}

#[test]
fn restarts_beyond_the_intensity_end_the_supervisor_and_do_nothing_else() {
    let mut plan = Plan::new(
        Strategy::OneForAll,
        AutoShutdown::Never,
        Intensity::new(0, SECOND).expect("a period"),
        None,
    );
    let member = Member { phase: Phase::Up, ..Member::new(Restart::Permanent, false) };
    let members = BTreeMap::from([(0, member.clone()), (1, member)]);
    let crash = Event::Exited { key: 0, clean: false };
    assert_eq!(plan.decide(&members, crash, Instant::now(), 0.0), [Action::ShutDown]);
}
