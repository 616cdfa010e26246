//! A supervisor written down naively: one list of children, every restart remembered.
//!
//! It decides and carries out in one go, where the plan answers with a list for an engine.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::clock::Instant;
use crate::options::Restart::{self, Permanent, Temporary, Transient};
use crate::supervisor::plan::Key;
use crate::supervisor::spec::AutoShutdown;
use crate::supervisor::spec::Strategy;
use crate::supervisor::tests::engine::Seen;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Up(Instant),
    Down,
    Waiting,
}

#[derive(Clone, Debug)]
pub(super) struct Child {
    pub(super) key: Key,
    pub(super) restart: Restart,
    pub(super) significant: bool,
    pub(super) state: State,
    pub(super) failures: u32,
}

/// What a supervisor is told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flags {
    pub(super) strategy: Strategy,
    pub(super) auto_shutdown: AutoShutdown,
    pub(super) max: u32,
    pub(super) period: Duration,
    /// The shortest delay and the longest.
    pub(super) delays: Option<(Duration, Duration)>,
}

pub(super) struct Model {
    pub(super) flags: Flags,
    pub(super) children: Vec<Child>,
    pub(super) now: Instant,
    pub(super) restarts: Vec<Instant>,
    /// Who is to be tried again when.
    wanted: Vec<(Key, Instant)>,
    /// The messages that say so; some are out of date.
    messages: Vec<(Key, Instant)>,
    pub(super) refusing: BTreeSet<Key>,
    pub(super) seen: Vec<Seen>,
    pub(super) is_over: bool,
}

impl Model {
    pub(super) fn new(flags: Flags, now: Instant) -> Self {
        Self {
            flags,
            children: Vec::new(),
            now,
            restarts: Vec::new(),
            wanted: Vec::new(),
            messages: Vec::new(),
            refusing: BTreeSet::new(),
            seen: Vec::new(),
            is_over: false,
        }
    }

    pub(super) fn add(&mut self, key: Key, restart: Restart, significant: bool) {
        let state = State::Up(self.now);
        self.children.push(Child { key, restart, significant, state, failures: 0 });
    }

    pub(super) fn end(&mut self, key: Key, clean: bool) {
        let Some(child) = self.child(key).cloned() else { return };
        if self.is_over || !matches!(child.state, State::Up(_)) {
            return;
        }
        self.fall(key);
        if child.restart == Permanent || (child.restart == Transient && !clean) {
            return self.restart(key);
        }
        if child.restart == Temporary {
            self.children.retain(|child| child.key != key);
            self.seen.push(Seen::Forgotten(key));
        } else {
            self.rest(key);
            self.seen.push(Seen::Down(key));
        }
        let mut others = self.children.iter().filter(|other| other.key != key);
        let is_last = others.all(|other| !other.significant || other.state == State::Down);
        let ends_all = match self.flags.auto_shutdown {
            AutoShutdown::Never => false,
            AutoShutdown::AnySignificant => true,
            AutoShutdown::AllSignificant => is_last,
        };
        if child.significant && ends_all {
            self.give_up();
        }
    }

    pub(super) fn advance(&mut self, by: Duration) {
        let until = self.now + by;
        loop {
            let times = self.messages.iter().map(|message| message.1);
            let Some(first) = times.min().filter(|&time| time <= until && !self.is_over) else {
                break;
            };
            let index =
                self.messages.iter().position(|message| message.1 == first).expect("it is one");
            let (key, _) = self.messages.remove(index);
            self.now = self.now.max(first);
            if self.wanted.iter().any(|&(wanted, at)| wanted == key && at <= self.now) {
                self.wanted.retain(|&(wanted, _)| wanted != key);
                self.attempt(key);
            }
        }
        self.now = until;
    }

    pub(super) fn stop_by_hand(&mut self, key: Key) {
        self.rest(key);
        self.children.retain(|child| child.key != key || child.restart != Temporary);
    }

    pub(super) fn start_by_hand(&mut self, key: Key) {
        let now = self.now;
        let consents = !self.refusing.contains(&key);
        if let Some(child) = self.child(key).filter(|child| child.state == State::Down && consents)
        {
            child.state = State::Up(now);
        }
    }

    pub(super) fn delete(&mut self, key: Key) {
        self.children.retain(|child| child.key != key || child.state != State::Down);
    }

    /// A child that ended is started again with those that belong to it, now or later.
    fn restart(&mut self, key: Key) {
        if !self.is_allowed() {
            return self.give_up();
        }
        self.stop_others(key);
        if self.flags.delays.is_some() {
            return self.postpone(key);
        }
        self.start(&self.waiting(key));
    }

    /// The time of an attempt has come.
    fn attempt(&mut self, key: Key) {
        let is_led = |wanted: Key| match self.flags.strategy {
            Strategy::OneForOne => false,
            Strategy::OneForAll => true,
            Strategy::RestForOne => wanted < key,
        };
        if self.wanted.iter().any(|&(wanted, _)| is_led(wanted)) {
            return;
        }
        let waits = self.child(key).is_some_and(|child| child.state == State::Waiting);
        if !waits && self.until_the_next_attempt(key).is_empty() {
            return;
        }
        if self.flags.delays.is_none() && !self.is_allowed() {
            return self.give_up();
        }
        if waits {
            self.stop_others(key);
        }
        self.start(&self.until_the_next_attempt(key));
    }

    /// Those that wait and belong to a child, up to the first that has an attempt of its own.
    fn until_the_next_attempt(&self, key: Key) -> Vec<Key> {
        let mut keys = self.waiting(key);
        let has_its_own = |key: &Key| self.wanted.iter().any(|(wanted, _)| wanted == key);
        if let Some(end) = keys.iter().position(has_its_own) {
            keys.truncate(end);
        }
        keys
    }

    fn waiting(&self, key: Key) -> Vec<Key> {
        let children = self.children.iter();
        let waiting = children.filter(|child| child.state == State::Waiting);
        waiting.map(|child| child.key).filter(|&sibling| self.belongs(sibling, key)).collect()
    }

    fn belongs(&self, sibling: Key, key: Key) -> bool {
        match self.flags.strategy {
            Strategy::OneForOne => sibling == key,
            Strategy::OneForAll => true,
            Strategy::RestForOne => sibling >= key,
        }
    }

    fn stop_others(&mut self, key: Key) {
        for child in self.children.clone().into_iter().rev() {
            let is_up = matches!(child.state, State::Up(_));
            if !is_up || child.key == key || !self.belongs(child.key, key) {
                continue;
            }
            self.seen.push(Seen::Stopped(child.key));
            self.fall(child.key);
            if child.restart == Temporary {
                self.children.retain(|other| other.key != child.key);
                self.seen.push(Seen::Forgotten(child.key));
            }
        }
    }

    /// Starts them up to the first that fails.
    fn start(&mut self, keys: &[Key]) {
        self.wanted.retain(|(wanted, _)| !keys.contains(wanted));
        for &key in keys {
            if self.refusing.contains(&key) {
                self.seen.push(Seen::Refused(key));
                if self.flags.delays.is_some() && !self.is_allowed() {
                    return self.give_up();
                }
                return self.postpone(key);
            }
            let now = self.now;
            self.child(key).expect("it waits").state = State::Up(now);
            self.seen.push(Seen::Started(key));
        }
    }

    fn postpone(&mut self, key: Key) {
        let delays = self.flags.delays;
        let child = self.child(key).expect("it waits");
        let mut delay = Duration::ZERO;
        if let Some((min, max)) = delays {
            delay = min;
            for _ in 0..child.failures {
                delay = max.min(delay * 2);
            }
        }
        child.failures += 1;
        let at = self.now + delay;
        self.wanted.retain(|&(wanted, _)| wanted != key);
        self.wanted.push((key, at));
        self.messages.push((key, at));
        self.seen.push(Seen::Waits(key, delay));
    }

    fn is_allowed(&mut self) -> bool {
        self.restarts.push(self.now);
        let since = |time: &&Instant| self.now - **time <= self.flags.period;
        self.restarts.iter().filter(since).count() <= self.flags.max as usize
    }

    fn give_up(&mut self) {
        self.is_over = true;
        self.seen.push(Seen::Over);
    }

    fn fall(&mut self, key: Key) {
        let (now, delays) = (self.now, self.flags.delays);
        let child = self.child(key).expect("it was up");
        if let (State::Up(since), Some((_, longest))) = (child.state, delays)
            && now - since > longest
        {
            child.failures = 0;
        }
        child.state = State::Waiting;
    }

    fn rest(&mut self, key: Key) {
        if let Some(child) = self.child(key) {
            child.state = State::Down;
            child.failures = 0;
        }
    }

    fn child(&mut self, key: Key) -> Option<&mut Child> {
        self.children.iter_mut().find(|child| child.key == key)
    }
}
