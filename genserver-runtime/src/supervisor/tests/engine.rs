//! An engine that keeps to the plan's protocol, with children that are nothing but their marks.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::clock::Instant;
use crate::options::Restart;
use crate::supervisor::plan::{Action, Event, Key, Member, Phase, Plan};

/// What was seen of the children.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    Stopped(Key),
    Started(Key),
    /// Its start failed.
    Refused(Key),
    Waits(Key, Duration),
    Down(Key),
    Forgotten(Key),
    Over,
}

/// An answer of the plan, and what was asked when.
pub(super) struct Answer {
    pub(super) event: Event,
    pub(super) at: Instant,
    pub(super) before: BTreeMap<Key, Member>,
    pub(super) actions: Vec<Action>,
}

pub(super) struct Engine {
    plan: Plan,
    pub(super) members: BTreeMap<Key, Member>,
    pub(super) now: Instant,
    random: f64,
    /// Messages to itself, in the order in which they were sent.
    dues: Vec<(Instant, Key)>,
    /// Whose starts fail.
    pub(super) refusing: BTreeSet<Key>,
    pub(super) seen: Vec<Seen>,
    pub(super) answers: Vec<Answer>,
    pub(super) is_over: bool,
}

impl Engine {
    pub(super) fn new(plan: Plan, members: BTreeMap<Key, Member>, now: Instant) -> Self {
        let mut engine = Self {
            plan,
            members,
            now,
            random: 0.5,
            dues: Vec::new(),
            refusing: BTreeSet::new(),
            seen: Vec::new(),
            answers: Vec::new(),
            is_over: false,
        };
        for member in engine.members.values_mut().filter(|member| member.phase == Phase::Up) {
            member.rise(now);
        }
        engine
    }

    /// A child that is up ends by itself.
    pub(super) fn end(&mut self, key: Key, clean: bool) {
        let backoff = self.plan.backoff().copied();
        let Some(member) = self.up(key) else { return };
        let now = member.1;
        member.0.fall(now, backoff.as_ref());
        self.ask(Event::Exited { key, clean });
    }

    /// Time passes, and what falls due in it is asked for.
    pub(super) fn advance(&mut self, by: Duration) {
        let until = self.now + by;
        while let Some((at, key)) = self.next_due(until) {
            self.now = self.now.max(at);
            self.ask(Event::Due { key });
        }
        self.now = until;
    }

    pub(super) fn stop_by_hand(&mut self, key: Key) {
        match self.members.get_mut(&key) {
            Some(member) if member.restart == Restart::Temporary => {
                self.members.remove(&key);
            }
            Some(member) => member.rest(),
            None => {}
        }
    }

    pub(super) fn start_by_hand(&mut self, key: Key) {
        let starts = !self.refusing.contains(&key);
        match self.members.get_mut(&key) {
            Some(member) if member.phase == Phase::Down && starts => member.rise(self.now),
            _ => {}
        }
    }

    pub(super) fn delete(&mut self, key: Key) {
        if self.members.get(&key).is_some_and(|member| member.phase == Phase::Down) {
            self.members.remove(&key);
        }
    }

    pub(super) fn add(&mut self, key: Key, restart: Restart, significant: bool) {
        let mut member = Member::new(restart, significant);
        member.rise(self.now);
        self.members.insert(key, member);
    }

    fn up(&mut self, key: Key) -> Option<(&mut Member, Instant)> {
        let member = self.members.get_mut(&key)?;
        (member.phase == Phase::Up && !self.is_over).then_some((member, self.now))
    }

    /// Takes out the message that comes first, of those that come by then.
    fn next_due(&mut self, until: Instant) -> Option<(Instant, Key)> {
        let due = self.dues.iter().enumerate().filter(|(_, due)| due.0 <= until);
        let (index, _) = due.min_by_key(|(_, due)| due.0)?;
        Some(self.dues.remove(index))
    }

    fn ask(&mut self, event: Event) {
        if self.is_over {
            return;
        }
        let before = self.members.clone();
        let actions = self.plan.decide(&self.members, event, self.now, self.random);
        self.answers.push(Answer { event, at: self.now, before, actions: actions.clone() });
        for action in actions {
            if let Some(failed) = self.carry_out(action) {
                return self.ask(Event::StartFailed { key: failed });
            }
        }
    }

    /// Gives back whose start failed.
    fn carry_out(&mut self, action: Action) -> Option<Key> {
        let backoff = self.plan.backoff().copied();
        match action {
            Action::Stop(key) => mark(&mut self.members, key).fall(self.now, backoff.as_ref()),
            Action::Start(key) if self.refusing.contains(&key) => {
                self.seen.push(Seen::Refused(key));
                return Some(key);
            }
            Action::Start(key) => mark(&mut self.members, key).rise(self.now),
            Action::Retry(key, delay) => {
                mark(&mut self.members, key).wait();
                self.dues.push((self.now + delay, key));
            }
            Action::Down(key) => mark(&mut self.members, key).rest(),
            Action::Forget(key) => drop(self.members.remove(&key)),
            Action::ShutDown => self.is_over = true,
        }
        self.seen.push(match action {
            Action::Stop(key) => Seen::Stopped(key),
            Action::Start(key) => Seen::Started(key),
            Action::Retry(key, delay) => Seen::Waits(key, delay),
            Action::Down(key) => Seen::Down(key),
            Action::Forget(key) => Seen::Forgotten(key),
            Action::ShutDown => Seen::Over,
        });
        None
    }
}

fn mark(members: &mut BTreeMap<Key, Member>, key: Key) -> &mut Member {
    members.get_mut(&key).expect("the plan names members only")
}
