//! Random histories: the plan and its model see the same, and what must never happen does not.

use std::time::Duration;

use proptest::prelude::*;

use crate::clock::Instant;
use crate::options::Restart;
use crate::supervisor::backoff::Backoff;
use crate::supervisor::intensity::Intensity;
use crate::supervisor::plan::{Action, Event, Key, Member, Phase, Plan};
use crate::supervisor::spec::{AutoShutdown, Strategy as Scope};
use crate::supervisor::tests::engine::{Answer, Engine};
use crate::supervisor::tests::model::{Child, Flags, Model, State};

const MS: Duration = Duration::from_millis(1);

#[derive(Clone, Copy, Debug)]
enum Step {
    End { nth: usize, clean: bool },
    Pass(u32),
    Refuse { nth: usize, refuses: bool },
    Stop { nth: usize },
    Start { nth: usize },
    Delete { nth: usize },
    Add(Restart, bool),
}

fn restart() -> impl Strategy<Value = Restart> {
    // Mostly children that are restarted: the others are soon gone.
    prop_oneof![
        4 => Just(Restart::Permanent),
        2 => Just(Restart::Transient),
        1 => Just(Restart::Temporary),
    ]
}

fn flags() -> impl Strategy<Value = Flags> {
    let scope =
        prop_oneof![Just(Scope::OneForOne), Just(Scope::OneForAll), Just(Scope::RestForOne)];
    let auto_shutdown = prop_oneof![
        Just(AutoShutdown::Never),
        Just(AutoShutdown::AnySignificant),
        Just(AutoShutdown::AllSignificant),
    ];
    let max = prop_oneof![0..4_u32, Just(50)];
    let delays = prop::option::of((1..200_u32, 1..5_u32));
    (scope, auto_shutdown, max, 1..2_000_u32, delays).prop_map(
        |(strategy, auto_shutdown, max, period, delays)| {
            let delays = delays.map(|(min, times)| (min * MS, min * times * MS));
            Flags { strategy, auto_shutdown, max, period: period * MS, delays }
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let nth = 0..8_usize;
    prop_oneof![
        6 => (nth.clone(), prop::bool::weighted(0.2)).prop_map(|(nth, clean)| Step::End { nth, clean }),
        4 => prop_oneof![Just(0), 0..100_u32, 0..3_000_u32].prop_map(Step::Pass),
        2 => (nth.clone(), any::<bool>()).prop_map(|(nth, refuses)| Step::Refuse { nth, refuses }),
        1 => nth.clone().prop_map(|nth| Step::Stop { nth }),
        1 => nth.clone().prop_map(|nth| Step::Start { nth }),
        1 => nth.prop_map(|nth| Step::Delete { nth }),
        1 => (restart(), any::<bool>()).prop_map(|(restart, significant)| Step::Add(restart, significant)),
    ]
}

fn plan(flags: Flags) -> Plan {
    let intensity = Intensity::new(flags.max, flags.period).expect("a period");
    let backoff = flags.delays.map(|(min, max)| Backoff::new(min, max));
    Plan::new(flags.strategy, flags.auto_shutdown, intensity, backoff)
}

/// Both of them, step by step.
struct Pair {
    engine: Engine,
    model: Model,
    /// The key of the next child.
    next: Key,
}

impl Pair {
    fn new(flags: Flags, children: &[(Restart, bool)]) -> Self {
        let now = Instant::now();
        let engine = Engine::new(plan(flags), [].into(), now);
        let mut pair = Self { engine, model: Model::new(flags, now), next: 0 };
        for &(restart, significant) in children {
            pair.take(Step::Add(restart, significant));
        }
        pair
    }

    fn take(&mut self, step: Step) {
        let Self { engine, model, next } = self;
        let keys: Vec<Key> = engine.members.keys().copied().collect();
        let of = |nth: usize| if keys.is_empty() { 0 } else { keys[nth % keys.len()] };
        match step {
            Step::End { nth, clean } => {
                engine.end(of(nth), clean);
                model.end(of(nth), clean);
            }
            Step::Pass(ms) => {
                engine.advance(ms * MS);
                model.advance(ms * MS);
            }
            Step::Refuse { nth, refuses: true } => {
                engine.refusing.insert(of(nth));
                model.refusing.insert(of(nth));
            }
            Step::Refuse { nth, refuses: false } => {
                engine.refusing.remove(&of(nth));
                model.refusing.remove(&of(nth));
            }
            Step::Stop { nth } => {
                engine.stop_by_hand(of(nth));
                model.stop_by_hand(of(nth));
            }
            Step::Start { nth } => {
                engine.start_by_hand(of(nth));
                model.start_by_hand(of(nth));
            }
            Step::Delete { nth } => {
                engine.delete(of(nth));
                model.delete(of(nth));
            }
            Step::Add(restart, significant) => {
                engine.add(*next, restart, significant);
                model.add(*next, restart, significant);
                *next += 1;
            }
        }
    }

    fn check(&self) -> Result<(), TestCaseError> {
        prop_assert_eq!(&self.engine.seen, &self.model.seen);
        let members = self.engine.members.iter().map(|(&key, member)| of_member(key, member));
        let children = self.model.children.iter().map(of_child);
        prop_assert_eq!(members.collect::<Vec<_>>(), children.collect::<Vec<_>>());
        Ok(())
    }
}

fn of_member(key: Key, member: &Member) -> (Key, Phase, u32) {
    (key, member.phase, member.attempts)
}

fn of_child(child: &Child) -> (Key, Phase, u32) {
    let phase = match child.state {
        State::Up(_) => Phase::Up,
        State::Down => Phase::Down,
        State::Waiting => Phase::Restarting,
    };
    (child.key, phase, child.failures)
}

fn starts(answer: &Answer) -> Vec<Key> {
    let start = |action: &Action| match *action {
        Action::Start(key) => Some(key),
        _ => None,
    };
    answer.actions.iter().filter_map(start).collect()
}

fn stops(answer: &Answer) -> Vec<Key> {
    let stop = |action: &Action| match *action {
        Action::Stop(key) => Some(key),
        _ => None,
    };
    answer.actions.iter().filter_map(stop).collect()
}

/// What holds for each answer, whatever the model says.
fn check_answer(flags: Flags, answer: &Answer) -> Result<(), TestCaseError> {
    let (Event::Exited { key, .. } | Event::StartFailed { key } | Event::Due { key }) =
        answer.event;
    let (starts, stops) = (starts(answer), stops(answer));
    prop_assert!(starts.is_sorted_by(|a, b| a < b), "starts in order, each once");
    prop_assert!(stops.is_sorted_by(|a, b| a > b), "stops in reverse, each once");
    let position = |is: fn(&Action) -> bool| answer.actions.iter().position(is);
    if let Some(start) = position(|action| matches!(action, Action::Start(_))) {
        let rest = &answer.actions[start..];
        prop_assert!(
            rest.iter().all(|action| matches!(action, Action::Start(_))),
            "starts come last"
        );
    }
    for start in &starts {
        let member = &answer.before[start];
        prop_assert!(member.phase != Phase::Down && member.restart != Restart::Temporary);
        prop_assert!(
            member.phase == Phase::Restarting || stops.contains(start),
            "none starts twice"
        );
    }
    let all = starts.iter().chain(&stops);
    let is_touched = |&other: &Key| match flags.strategy {
        Scope::OneForOne => other == key,
        Scope::OneForAll => true,
        Scope::RestForOne => other >= key,
    };
    prop_assert!(all.copied().all(|other| is_touched(&other)), "others are left alone");
    prop_assert!(!stops.contains(&key), "what ended is not stopped");
    if answer.actions.contains(&Action::ShutDown) {
        prop_assert!(starts.is_empty() && stops.is_empty(), "nothing is done before the end");
    }
    Ok(())
}

/// With a back-off each attempt begins with a delay; without, with a start.
fn is_restart(flags: Flags, answer: &Answer) -> bool {
    match flags.delays {
        Some(_) => answer.actions.iter().any(|action| matches!(action, Action::Retry(..))),
        None => !starts(answer).is_empty(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_plan_and_its_model_see_the_same(
        flags in flags(),
        children in prop::collection::vec((restart(), any::<bool>()), 0..6),
        steps in prop::collection::vec(step(), 0..40),
    ) {
        let mut pair = Pair::new(flags, &children);
        for step in steps {
            pair.take(step);
            pair.check()?;
        }
    }

    #[test]
    fn answers_keep_order_and_bounds(
        flags in flags(),
        children in prop::collection::vec((restart(), any::<bool>()), 0..6),
        steps in prop::collection::vec(step(), 0..40),
    ) {
        let mut pair = Pair::new(flags, &children);
        for step in steps {
            pair.take(step);
        }
        for answer in &pair.engine.answers {
            check_answer(flags, answer)?;
        }
        let restarts = pair.engine.answers.iter().filter(|answer| is_restart(flags, answer));
        let times: Vec<_> = restarts.map(|answer| answer.at).collect();
        for window in times.windows(flags.max as usize + 1) {
            prop_assert!(window[flags.max as usize] - window[0] > flags.period, "too many restarts");
        }
    }

    #[test]
    fn nobody_waits_for_ever(
        flags in flags(),
        children in prop::collection::vec((restart(), any::<bool>()), 0..6),
        steps in prop::collection::vec(step(), 0..40),
    ) {
        let mut pair = Pair::new(flags, &children);
        for step in steps {
            pair.take(step);
        }
        pair.engine.refusing.clear();
        // Each delay is less than a second, and may begin where another ends.
        pair.engine.advance(60_000 * MS);
        let mut members = pair.engine.members.values();
        prop_assert!(pair.engine.is_over || members.all(|member| member.phase != Phase::Restarting));
    }
}
