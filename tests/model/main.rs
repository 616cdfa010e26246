//! A model of the inbox protocol, explored by `shuttle`: whoever has taken the body out runs the
//! server; the lock is held only to take it, to put it back, and to push.
//!
//! The steps under the lock are those of `genserver-runtime`'s `inbox`, `core`, `drain`, `parked`,
//! `ending`, `passivation` and `turn`, those without it of `pending`, `inline` and `named`; what stands
//! around them is left out: time-outs, panics, the end of a runtime, the budget of a poll, messages that
//! do not count, and the policies that drop. A step that is changed there is to be changed here.
//!
//! What must hold in every schedule: every request is answered and every task ends (what waits
//! for ever is a deadlock to the explorer), one handler runs at a time, each sender's messages
//! run in the order sent, what was queued before a stop runs and what comes after it is refused,
//! the mailbox never holds more than its bound, senders get room in the order in which they came,
//! a kill ends a handler that waits, a server ends once, no message is both run and refused, and
//! nobody finds the old holder of a name that has a new one.

mod client;
mod core;
mod drain;
mod ending;
mod history;
mod inbox;
mod mistake;
mod name;
mod scenario;
mod slot;

use std::panic::{AssertUnwindSafe, catch_unwind};

use shuttle::scheduler::{PctScheduler, RandomScheduler};
use shuttle::{Config, FailurePersistence, Runner};

use crate::mistake::Mistake;
use crate::scenario::Scenario;

/// The schedules are the same in every run.
const SEED: u64 = 0x5eed_1b0c;

/// How many schedules each of the two schedulers tries.
const SCHEDULES: usize = 3_000;

/// At how many points of a schedule the PCT scheduler turns to another task.
const DEPTH: usize = 4;

fn config() -> Config {
    let mut config = Config::new();
    config.failure_persistence = FailurePersistence::None;
    config.silence_warnings = true;
    config
}

fn explore_random(scenario: Scenario, mistake: Option<Mistake>) {
    let scheduler = RandomScheduler::new_from_seed(SEED, SCHEDULES);
    Runner::new(scheduler, config()).run(move || scenario(mistake));
}

fn explore_pct(scenario: Scenario, mistake: Option<Mistake>) {
    let scheduler = PctScheduler::new_from_seed(SEED, DEPTH, SCHEDULES);
    Runner::new(scheduler, config()).run(move || scenario(mistake));
}

/// The protocol holds in a scenario.
#[track_caller]
fn check(scenario: Scenario) {
    explore_random(scenario, None);
    explore_pct(scenario, None);
}

/// The explorer finds a mistake in a scenario.
#[track_caller]
fn check_found(mistake: Mistake, scenario: Scenario) {
    let fails = |explore: fn(Scenario, Option<Mistake>)| {
        catch_unwind(AssertUnwindSafe(|| explore(scenario, Some(mistake)))).is_err()
    };
    assert!(fails(explore_pct) || fails(explore_random), "{mistake:?} was not found");
}

#[test]
fn calls_and_casts_are_answered_in_order() {
    check(scenario::callers);
}

#[test]
fn the_first_drain_task_goes_and_the_next_one_stays() {
    check(scenario::fresh_callers);
}

#[test]
fn a_stop_comes_between_what_was_sent_before_and_after() {
    check(scenario::stop);
}

#[test]
fn a_server_that_is_ended_in_every_way_ends_once() {
    check(scenario::several_ends);
}

#[test]
fn a_bounded_mailbox_lets_senders_in_by_turn() {
    check(scenario::room);
}

#[test]
fn a_handler_that_waits_goes_on_in_one_drain_task() {
    check(scenario::waiting_handler);
}

#[test]
fn a_kill_ends_a_handler_that_waits() {
    check(scenario::kill);
}

#[test]
fn a_kill_ends_a_terminate_that_waits() {
    check(scenario::kill_at_end);
}

#[test]
fn a_handler_ends_its_server_beside_a_parked_drain_task() {
    check(scenario::quit);
}

#[test]
fn a_server_lives_while_it_has_a_client() {
    check(scenario::orphan);
}

#[test]
fn a_stop_is_not_lost_when_a_server_gets_a_client_again() {
    check(scenario::revived);
}

#[test]
fn a_message_taken_out_of_the_queue_moves_no_stop() {
    check(scenario::withdrawn);
}

#[test]
fn an_idle_server_ends_where_it_is_asked_to() {
    check(scenario::idle_end);
}

#[test]
fn a_handler_that_ends_its_server_is_the_last() {
    check(scenario::quit_in_batch);
}

#[test]
fn a_name_leads_to_its_new_holder() {
    check(scenario::name);
    check(scenario::name_at_rest);
}

#[test]
fn putting_the_body_back_unchecked_is_found() {
    check_found(Mistake::PutBackUnchecked, scenario::fresh_callers);
    check_found(Mistake::LeaveUnchecked, scenario::idle_end);
}

#[test]
fn a_parked_drain_task_that_misses_work_is_found() {
    check_found(Mistake::ParkedAfterUnlock, scenario::callers);
    check_found(Mistake::ParkedWakerLate, scenario::room);
    check_found(Mistake::ParkedWakerLate, scenario::callers);
    check_found(Mistake::RetireUnchecked, scenario::callers);
}

#[test]
fn a_lost_kill_is_found() {
    check_found(Mistake::KillUnseen, scenario::kill);
    check_found(Mistake::WaitedReadEarly, scenario::kill);
    check_found(Mistake::KillAtEndUnheard, scenario::kill_at_end);
}

#[test]
fn a_lost_stop_is_found() {
    check_found(Mistake::AttentionClearedLate, scenario::revived);
    check_found(Mistake::WatcherForgotten, scenario::several_ends);
}

#[test]
fn a_message_out_of_turn_is_found() {
    check_found(Mistake::InlinePastQueue, scenario::callers);
    check_found(Mistake::InlinePastStop, scenario::stop);
    check_found(Mistake::PushPastWaiters, scenario::room);
    check_found(Mistake::PositionKept, scenario::withdrawn);
    check_found(Mistake::PlainPastEnd, scenario::quit_in_batch);
    check_found(Mistake::PlainPastStop, scenario::stop);
}

#[test]
fn a_caller_that_is_not_woken_is_found() {
    check_found(Mistake::CallerWakerLate, scenario::callers);
}

#[test]
fn a_name_that_is_given_back_too_early_is_found() {
    check_found(Mistake::NameFreedEarly, scenario::name);
    check_found(Mistake::NameFreedEarlyAtRest, scenario::name_at_rest);
}

#[test]
fn a_wrong_count_of_room_is_found() {
    check_found(Mistake::TakenLate, scenario::room);
    check_found(Mistake::AdmittedUntold, scenario::room);
}

#[test]
fn a_second_drain_task_beside_a_parked_one_is_found() {
    check_found(Mistake::BesideParked, scenario::waiting_handler);
    check_found(Mistake::BesideParked, scenario::kill);
    check_found(Mistake::EndBesideParked, scenario::quit);
    check_found(Mistake::EndUnannounced, scenario::quit);
}

#[test]
fn an_end_that_comes_wrongly_is_found() {
    check_found(Mistake::OrphanUnchecked, scenario::orphan);
    check_found(Mistake::ClosedLate, scenario::stop);
}
