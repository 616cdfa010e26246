//! Each rule of the plan, as data.

use std::time::Duration;

use crate::clock::Instant;
use crate::options::Restart::{Permanent, Temporary, Transient};
use crate::supervisor::backoff::Backoff;
use crate::supervisor::intensity::Intensity;
use crate::supervisor::plan::Plan;
use crate::supervisor::spec::AutoShutdown::{self, AllSignificant, AnySignificant, Never};
use crate::supervisor::spec::Strategy::{self, OneForAll, OneForOne, RestForOne};
use crate::supervisor::spec::{SpecError, check_significant};
use crate::supervisor::tests::notation;

const MS: Duration = Duration::from_millis(1);

fn backoff() -> Backoff {
    Backoff::new(100 * MS, 1_000 * MS).jitter(0.5)
}

fn plan(strategy: Strategy, auto_shutdown: AutoShutdown, backoff: Option<Backoff>) -> Plan {
    let intensity = Intensity::new(3, 5_000 * MS).expect("a period");
    Plan::new(strategy, auto_shutdown, intensity, backoff)
}

#[track_caller]
fn decides(mut plan: Plan, members: &str, event: &str, expected: &str) {
    let members = notation::members(members);
    let actions = plan.decide(&members, notation::event(event), Instant::now(), 0.5);
    assert_eq!(notation::show(&actions), expected);
}

/// Without automatic shutdown and back-off.
#[track_caller]
fn check(strategy: Strategy, members: &str, event: &str, expected: &str) {
    decides(plan(strategy, Never, None), members, event, expected);
}

#[track_caller]
fn check_auto(auto_shutdown: AutoShutdown, members: &str, event: &str, expected: &str) {
    decides(plan(OneForOne, auto_shutdown, None), members, event, expected);
}

#[test]
fn a_permanent_child_is_restarted_whatever_the_reason() {
    check(OneForOne, "a", "a crashes", "+a");
    check(OneForOne, "a", "a ends", "+a");
}

#[test]
fn a_transient_child_is_restarted_after_a_crash_only() {
    check(OneForOne, "a~", "a crashes", "+a");
    check(OneForOne, "a~", "a ends", "a down");
}

#[test]
fn a_temporary_child_is_forgotten() {
    check(OneForOne, "a.", "a crashes", "a forgotten");
    check(OneForOne, "a.", "a ends", "a forgotten");
}

#[test]
fn one_for_one_restarts_the_child_alone() {
    check(OneForOne, "a b c d", "b crashes", "+b");
    check(OneForOne, "a b c d(restarting)", "b crashes", "+b");
}

#[test]
fn one_for_all_stops_all_in_reverse_and_starts_all_in_order() {
    check(OneForAll, "a b c d", "b crashes", "-d -c -a +a +b +c +d");
    check(OneForAll, "a b c d", "d crashes", "-c -b -a +a +b +c +d");
    check(OneForAll, "a", "a crashes", "+a");
}

#[test]
fn rest_for_one_leaves_those_before_alone() {
    check(RestForOne, "a b c d", "b crashes", "-d -c +b +c +d");
    check(RestForOne, "a b c d", "d crashes", "+d");
    check(RestForOne, "a b c d", "a crashes", "-d -c -b +a +b +c +d");
}

#[test]
fn siblings_that_are_down_stay_down() {
    check(OneForAll, "a b(down) c", "c crashes", "-a +a +c");
    check(RestForOne, "a b c(down) d", "b crashes", "-d +b +d");
}

#[test]
fn siblings_that_wait_for_their_restart_start_with_the_group() {
    check(OneForAll, "a b(restarting) c", "c crashes", "-a +a +b +c");
    check(RestForOne, "a b c(restarting) d", "b crashes", "-d +b +c +d");
}

#[test]
fn temporary_siblings_are_stopped_and_forgotten() {
    check(OneForAll, "a. b c. d", "b crashes", "-d -c c forgotten -a a forgotten +b +d");
    check(RestForOne, "a. b c. d", "b crashes", "-d -c c forgotten +b +d");
}

#[test]
fn what_is_not_restarted_leaves_its_siblings_alone() {
    for strategy in [OneForOne, OneForAll, RestForOne] {
        check(strategy, "a b~ c", "b ends", "b down");
        check(strategy, "a b. c", "b crashes", "b forgotten");
    }
}

#[test]
fn a_failed_start_is_tried_again_behind_the_mailbox() {
    check(OneForOne, "a(restarting)", "a fails to start", "a after 0ns");
}

#[test]
fn nothing_follows_on_a_child_that_was_stopped_by_hand_or_is_gone() {
    for event in ["a crashes", "a ends", "a fails to start", "a is due"] {
        check(OneForAll, "a(down) b", event, "");
        check(OneForAll, "b", event, "");
    }
}

#[test]
fn a_due_that_was_not_asked_for_starts_nothing() {
    check(OneForOne, "a", "a is due", "");
    check(OneForOne, "a(restarting)", "a is due", "");
}

#[test]
fn with_a_back_off_siblings_stop_at_once_and_the_start_waits() {
    let plan = |strategy| plan(strategy, Never, Some(backoff()));
    decides(plan(OneForOne), "a b", "a crashes", "a after 75ms");
    decides(plan(OneForAll), "a b. c", "a crashes", "-c -b b forgotten a after 75ms");
    decides(plan(RestForOne), "a b c", "b crashes", "-c b after 75ms");
    decides(plan(OneForOne), "a(restarting)", "a fails to start", "a after 75ms");
    decides(plan(OneForOne), "a~", "a ends", "a down");
}

#[test]
fn delays_double_up_to_the_longest_and_jitter_takes_its_share() {
    #[track_caller]
    fn check(failures: u32, random: f64, expected_ms: u32) {
        assert_eq!(backoff().delay(failures, random), expected_ms * MS);
    }
    check(0, 0.0, 100);
    check(1, 0.0, 200);
    check(3, 0.0, 800);
    check(4, 0.0, 1_000);
    check(31, 0.0, 1_000);
    check(32, 0.0, 1_000);
    check(u32::MAX, 0.0, 1_000);
    check(0, 1.0, 50);
    check(9, 1.0, 500);
    let longest = Backoff::new(MS, Duration::MAX).jitter(1.0);
    assert_eq!(longest.delay(u32::MAX, 0.0), Duration::MAX);
    assert_eq!(longest.delay(u32::MAX, 1.0), Duration::ZERO);
}

#[test]
fn a_significant_child_that_ends_for_good_may_be_the_end_of_all() {
    for auto in [AnySignificant, AllSignificant] {
        check_auto(auto, "a~! b", "a ends", "a down shut down");
        check_auto(auto, "a.! b", "a ends", "a forgotten shut down");
        check_auto(auto, "a.! b", "a crashes", "a forgotten shut down");
        check_auto(auto, "a~! b", "a crashes", "+a");
        check_auto(auto, "a~ b~!", "a ends", "a down");
    }
    check_auto(Never, "a~! b", "a ends", "a down");
}

#[test]
fn all_significant_waits_for_the_last_of_them() {
    check_auto(AllSignificant, "a~! b~!", "a ends", "a down");
    check_auto(AllSignificant, "a~! b.!(restarting)", "a ends", "a down");
    check_auto(AllSignificant, "a~! b~!(down) c", "a ends", "a down shut down");
    check_auto(AnySignificant, "a~! b~!", "a ends", "a down shut down");
}

#[test]
fn a_significant_child_that_could_not_count_is_refused() {
    #[track_caller]
    fn check(restart: crate::Restart, auto_shutdown: AutoShutdown, is_good: bool) {
        let expected = SpecError::BadCombination { restart, auto_shutdown };
        let checked = check_significant(restart, true, auto_shutdown);
        assert_eq!(checked, if is_good { Ok(()) } else { Err(expected) });
        assert_eq!(check_significant(restart, false, auto_shutdown), Ok(()));
    }
    for restart in [Transient, Temporary] {
        check(restart, Never, false);
        check(restart, AnySignificant, true);
        check(restart, AllSignificant, true);
    }
    for auto in [Never, AnySignificant, AllSignificant] {
        check(Permanent, auto, false);
    }
}

#[test]
fn an_intensity_without_a_period_and_an_impossible_back_off_are_refused() {
    #[track_caller]
    fn check(backoff: Backoff, expected: Result<(), SpecError>) {
        assert_eq!(backoff.validate(), expected);
    }
    assert_eq!(Intensity::new(3, Duration::ZERO).err(), Some(SpecError::ZeroPeriod));
    check(backoff(), Ok(()));
    check(Backoff::new(MS, MS).jitter(1.0), Ok(()));
    check(Backoff::new(Duration::ZERO, MS), Err(SpecError::ZeroBackoff));
    check(Backoff::new(2 * MS, MS), Err(SpecError::BackoffOrder));
    check(backoff().jitter(1.1), Err(SpecError::BackoffJitter));
    check(backoff().jitter(-0.1), Err(SpecError::BackoffJitter));
    check(backoff().jitter(f64::NAN), Err(SpecError::BackoffJitter));
}
