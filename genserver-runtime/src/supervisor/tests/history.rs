//! Histories of supervisors: what happens when starts fail, time passes, and hands interfere.

use std::time::Duration;

use crate::clock::Instant;
use crate::supervisor::backoff::Backoff;
use crate::supervisor::intensity::Intensity;
use crate::supervisor::plan::Plan;
use crate::supervisor::spec::AutoShutdown;
use crate::supervisor::spec::Strategy::{self, OneForAll, OneForOne, RestForOne};
use crate::supervisor::tests::engine::{Engine, Seen};
use crate::supervisor::tests::notation::{self, key, letter};

const SECOND: Duration = Duration::from_secs(1);

/// At most two restarts in five seconds without a back-off, any number with one from 1 s to 8 s.
fn plan(strategy: Strategy, has_backoff: bool) -> Plan {
    let max = if has_backoff { 1_000 } else { 2 };
    let intensity = Intensity::new(max, 5 * SECOND).expect("a period");
    let backoff = has_backoff.then(|| Backoff::new(SECOND, 8 * SECOND));
    Plan::new(strategy, AutoShutdown::Never, intensity, backoff)
}

/// Steps, one after the other: `b crashes`, `b ends`, `b refuses` (its starts fail from now on),
/// `b consents`, `b is stopped`, `b is started`, `b is deleted`, `5s` or `5ms` (pass). Then what was seen.
#[track_caller]
fn check(strategy: Strategy, has_backoff: bool, members: &str, steps: &[&str], expected: &str) {
    let members = notation::members(members);
    let mut engine = Engine::new(plan(strategy, has_backoff), members, Instant::now());
    for step in steps {
        take(&mut engine, step);
    }
    let seen: Vec<_> = engine.seen.iter().map(show).collect();
    assert_eq!(seen.join(" "), expected);
}

fn take(engine: &mut Engine, step: &str) {
    if let Some(millis) = step.strip_suffix("ms").and_then(|text| text.parse::<u32>().ok()) {
        return engine.advance(millis * SECOND / 1_000);
    }
    if let Some(seconds) = step.strip_suffix('s').and_then(|text| text.parse::<u32>().ok()) {
        return engine.advance(seconds * SECOND);
    }
    let key = key(step);
    match step.split_once(' ').map(|(_, what)| what) {
        Some("crashes") => engine.end(key, false),
        Some("ends") => engine.end(key, true),
        Some("refuses") => assert!(engine.refusing.insert(key)),
        Some("consents") => assert!(engine.refusing.remove(&key)),
        Some("is stopped") => engine.stop_by_hand(key),
        Some("is started") => engine.start_by_hand(key),
        Some("is deleted") => engine.delete(key),
        _ => panic!("no step: {step}"),
    }
}

fn show(seen: &Seen) -> String {
    match *seen {
        Seen::Stopped(key) => format!("-{}", letter(key)),
        Seen::Started(key) => format!("+{}", letter(key)),
        Seen::Refused(key) => format!("+{}?", letter(key)),
        Seen::Waits(key, Duration::ZERO) => format!("{}..", letter(key)),
        Seen::Waits(key, delay) => format!("{}..{delay:?}", letter(key)),
        Seen::Down(key) => format!("{} down", letter(key)),
        Seen::Forgotten(key) => format!("{} forgotten", letter(key)),
        Seen::Over => "over".into(),
    }
}

#[test]
fn each_try_of_a_start_counts_once() {
    check(OneForOne, false, "a", &["a refuses", "a crashes", "0s"], "+a? a.. +a? a.. over");
    check(OneForOne, false, "a b", &["a crashes", "b crashes", "a crashes"], "+a +b over");
    check(
        OneForOne,
        false,
        "a",
        &["a refuses", "a crashes", "a consents", "0s", "6s", "a crashes", "a crashes"],
        "+a? a.. +a +a +a",
    );
}

#[test]
fn restarts_of_long_ago_are_forgiven() {
    check(
        OneForOne,
        false,
        "a",
        &["a crashes", "a crashes", "6s", "a crashes", "a crashes", "a crashes"],
        "+a +a +a +a over",
    );
}

#[test]
fn a_failed_start_in_a_group_leaves_the_later_ones_and_the_retry_begins_again() {
    check(
        OneForAll,
        false,
        "a b c d",
        &["b refuses", "c crashes", "b consents", "0s"],
        "-d -b -a +a +b? b.. -a +a +b +c +d",
    );
    check(
        RestForOne,
        false,
        "a b c d",
        &["c refuses", "b crashes", "c consents", "0s"],
        "-d -c +b +c? c.. +c +d",
    );
}

#[test]
fn a_child_that_is_stopped_while_it_is_tried_again_stays_stopped() {
    check(OneForOne, false, "a", &["a refuses", "a crashes", "a is stopped", "0s"], "+a? a..");
    check(
        OneForOne,
        false,
        "a",
        &["a refuses", "a crashes", "a is stopped", "a is deleted", "0s"],
        "+a? a..",
    );
}

#[test]
fn siblings_that_waited_for_a_child_start_without_it() {
    for by_hand in [&["a is stopped"][..], &["a is stopped", "a is deleted"]] {
        let before = ["a refuses", "b crashes"];
        let steps: Vec<_> = before.iter().chain(by_hand).chain(&["0s"]).copied().collect();
        check(OneForAll, false, "a b c", &steps, "-c -a +a? a.. +b +c");
    }
    check(
        OneForAll,
        false,
        "a b c",
        &["a refuses", "b crashes", "a is stopped", "a consents", "a is started", "0s"],
        "-c -a +a? a.. +b +c",
    );
}

#[test]
fn delays_double_until_a_child_stayed_up_for_longer_than_the_longest() {
    let crashes = ["a crashes", "1s", "a crashes", "2s", "a crashes", "4s"];
    check(OneForOne, true, "a", &crashes, "a..1s +a a..2s +a a..4s +a");
    check(
        OneForOne,
        true,
        "a",
        &["a refuses", "a crashes", "25s"],
        "a..1s +a? a..2s +a? a..4s +a? a..8s +a? a..8s +a? a..8s",
    );
    check(OneForOne, true, "a", &["a crashes", "1s", "8s", "a crashes"], "a..1s +a a..2s");
    check(OneForOne, true, "a", &["a crashes", "1s", "9s", "a crashes"], "a..1s +a a..1s");
}

#[test]
fn a_group_starts_when_the_delay_is_over() {
    check(OneForAll, true, "a b c", &["b crashes", "1s"], "-c -a b..1s +a +b +c");
    check(RestForOne, true, "a b c", &["b crashes", "1s"], "-c b..1s +b +c");
}

#[test]
fn a_delay_within_a_delay_is_kept() {
    let crashes = ["c crashes", "1s", "c crashes", "b crashes", "1s", "1s"];
    check(RestForOne, true, "a b c d", &crashes, "-d c..1s +c +d -d c..2s b..1s +b +c +d");
    let later = ["b crashes", "1s", "b crashes", "a crashes", "1s", "1s"];
    check(RestForOne, true, "a b c", &later, "-c b..1s +b +c -c b..2s a..1s +a +b +c");
}

#[test]
fn an_attempt_that_was_overtaken_does_nothing() {
    // The restart of `a` starts `b` too, before its own attempt is due.
    check(
        RestForOne,
        false,
        "a b c",
        &["b refuses", "b crashes", "b consents", "a crashes", "0s"],
        "-c +b? b.. +a +b +c",
    );
}

#[test]
fn an_attempt_from_before_a_stop_by_hand_does_not_cut_a_new_delay_short() {
    let mut steps =
        vec!["a crashes", "500ms", "a is stopped", "a is started", "a crashes", "500ms"];
    check(OneForOne, true, "a", &steps, "a..1s a..1s");
    steps.push("500ms");
    check(OneForOne, true, "a", &steps, "a..1s a..1s +a");
}

#[test]
fn counts_with_a_back_off_once_for_each_attempt() {
    let intensity = Intensity::new(3, 100 * SECOND).expect("a period");
    let backoff = Some(Backoff::new(SECOND, SECOND));
    let plan = Plan::new(OneForOne, AutoShutdown::Never, intensity, backoff);
    let mut engine = Engine::new(plan, notation::members("a"), Instant::now());
    for step in ["a refuses", "a crashes", "1s", "1s", "1s"] {
        take(&mut engine, step);
    }
    let seen: Vec<_> = engine.seen.iter().map(show).collect();
    assert_eq!(seen.join(" "), "a..1s +a? a..1s +a? a..1s +a? over");
}
