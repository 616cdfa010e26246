//! What a supervisor does when a child ended, as a pure function.
//!
//! Time and chance are passed in, and what is to be done is given back as a list. Who carries it
//! out, the engine, keeps to this protocol:
//!
//! 1. *An end.* The engine marks the member with [`Member::fall`] and asks with [`Event::Exited`],
//!    once for each incarnation that ended by itself. Ends that it brought about are no events, and
//!    neither is one that it finds at a `Stop`.
//! 2. *A list is carried out in order*, each action to its end before the next:
//!
//!    | action | what the engine does | how it marks the member |
//!    |---|---|---|
//!    | `Stop` | stops the server, and waits until it ended | [`Member::fall`] |
//!    | `Start` | starts it, and waits until its `init` returned | [`Member::rise`] if it is up |
//!    | `Retry` | sends itself `Due`, at once or later | [`Member::wait`] |
//!    | `Down` | nothing | [`Member::rest`] |
//!    | `Forget` | drops the member | |
//!    | `ShutDown` | stops all children, and ends with `Shutdown` | |
//!
//! 3. *A start that fails* ends its list: what follows in it is dropped. The member, and those that
//!    were to start after it, stay `Restarting`, as `fall` marked them; the engine asks with
//!    [`Event::StartFailed`], and carries that answer out. (A child whose start returns no server is
//!    not a failure: the engine marks it with `rest`, or forgets a temporary one, and goes on.)
//! 4. *Each `Retry` comes back as one `Due`*, whatever became of the member meanwhile: stopped by
//!    hand, started by hand, gone. Its siblings may be waiting for it. No `Due` has to be cancelled:
//!    one that has been overtaken is answered with nothing.
//! 5. *By hand.* A child that is stopped by hand is marked with `rest`, or dropped if it is
//!    temporary; one that is started by hand with `rise`. The plan is not asked.
//!
//! What holds then: each member that is `Restarting` has a `Due` under way that starts it, its own
//! or that of a sibling in whose group it is. So none is left behind.

use std::collections::BTreeMap;
use std::collections::btree_map::Range;
use std::time::Duration;

use crate::clock::Instant;
use crate::options::Restart;
use crate::supervisor::backoff::Backoff;
use crate::supervisor::intensity::Intensity;
use crate::supervisor::spec::{AutoShutdown, Strategy};

/// A child within its supervisor; keys ascend in the order in which children start.
pub(crate) type Key = u64;

/// Where a child is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Up,
    /// Stopped by hand, or ended and not restarted.
    Down,
    /// To be started again: its start failed, is delayed, or waits for that of a sibling.
    Restarting,
}

/// What the plan knows of a child.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub restart: Restart,
    pub significant: bool,
    pub phase: Phase,
    /// Failures one after the other, for the back-off.
    pub attempts: u32,
    /// Up since then.
    pub since: Option<Instant>,
}

impl Member {
    pub(crate) fn new(restart: Restart, significant: bool) -> Self {
        Self { restart, significant, phase: Phase::Down, attempts: 0, since: None }
    }

    /// It is up.
    pub(crate) fn rise(&mut self, now: Instant) {
        self.phase = Phase::Up;
        self.since = Some(now);
    }

    /// It ended, by itself or with its siblings, and may be started again.
    pub(crate) fn fall(&mut self, now: Instant, backoff: Option<&Backoff>) {
        self.attempts = self.failures(now, backoff);
        self.phase = Phase::Restarting;
        self.since = None;
    }

    /// Its next start has to wait.
    pub(crate) fn wait(&mut self) {
        self.attempts = self.attempts.saturating_add(1);
        self.phase = Phase::Restarting;
        self.since = None;
    }

    /// It is not started again until somebody asks for it.
    pub(crate) fn rest(&mut self) {
        self.attempts = 0;
        self.phase = Phase::Down;
        self.since = None;
    }

    /// How often it failed in a row, which a long time without failure ends.
    fn failures(&self, now: Instant, backoff: Option<&Backoff>) -> u32 {
        let up = self.since.map(|since| now.saturating_duration_since(since));
        match (up, backoff) {
            (Some(up), Some(backoff)) if up > backoff.max() => 0,
            _ => self.attempts,
        }
    }

    /// Whether it takes part when its group starts.
    fn is_to_start(&self) -> bool {
        self.phase != Phase::Down && self.restart != Restart::Temporary
    }
}

impl AsRef<Self> for Member {
    fn as_ref(&self) -> &Self {
        self
    }
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A child ended by itself; `clean` if with `Normal`, `Shutdown` or `ShutdownWith`.
    Exited { key: Key, clean: bool },
    /// A `Start` that was asked for failed.
    StartFailed { key: Key },
    /// What was asked for with `Retry`.
    Due { key: Key },
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Stop(Key),
    Start(Key),
    /// Asks for `Due` after so long; zero is at once, but behind what waits in the mailbox.
    Retry(Key, Duration),
    Down(Key),
    Forget(Key),
    ShutDown,
}

/// How a supervisor decides, and what it has to remember for that.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    strategy: Strategy,
    auto_shutdown: AutoShutdown,
    intensity: Intensity,
    backoff: Option<Backoff>,
    /// When the next attempt of a child is due that has been asked for.
    due: BTreeMap<Key, Instant>,
}

impl Plan {
    pub(crate) fn new(
        strategy: Strategy,
        auto_shutdown: AutoShutdown,
        intensity: Intensity,
        backoff: Option<Backoff>,
    ) -> Self {
        Self { strategy, auto_shutdown, intensity, backoff, due: BTreeMap::new() }
    }

    pub(crate) fn backoff(&self) -> Option<&Backoff> {
        self.backoff.as_ref()
    }

    /// What an event asks for; `random` is from 0 to 1.
    ///
    /// One child alone costs O(log n) of n children, a group as much as it is large.
    pub(crate) fn decide<T: AsRef<Member>>(
        &mut self,
        members: &BTreeMap<Key, T>,
        event: Event,
        now: Instant,
        random: f64,
    ) -> Vec<Action> {
        match event {
            Event::Exited { key, clean } => self.on_exit(members, key, clean, now, random),
            Event::StartFailed { key } => self.on_failed_start(members, key, now, random),
            Event::Due { key } => self.on_due(members, key, now),
        }
    }

    fn on_exit<T: AsRef<Member>>(
        &mut self,
        members: &BTreeMap<Key, T>,
        key: Key,
        clean: bool,
        now: Instant,
        random: f64,
    ) -> Vec<Action> {
        let Some(member) = alive(members, key) else { return Vec::new() };
        let gone = match member.restart {
            Restart::Temporary => Some(Action::Forget(key)),
            Restart::Transient if clean => Some(Action::Down(key)),
            Restart::Transient | Restart::Permanent => None,
        };
        if let Some(gone) = gone {
            let is_last = member.significant && self.ends_with(members, key);
            return if is_last { vec![gone, Action::ShutDown] } else { vec![gone] };
        }
        if !self.intensity.add(now) {
            return vec![Action::ShutDown];
        }
        let mut actions = self.stops(members, key);
        if self.backoff.is_some() {
            actions.push(self.retry(key, member, now, random));
        } else {
            let group = self.group(members, key);
            let starts = group.filter(|(_, member)| member.as_ref().is_to_start());
            self.start(starts.map(|(&sibling, _)| sibling).collect(), &mut actions);
        }
        actions
    }

    /// A start that fails in a restart is tried again. With a back-off that counts now, as the
    /// restart is decided now; without, when it is due: what waits in the mailbox is served
    /// before, and may be the end of that child.
    fn on_failed_start<T: AsRef<Member>>(
        &mut self,
        members: &BTreeMap<Key, T>,
        key: Key,
        now: Instant,
        random: f64,
    ) -> Vec<Action> {
        let Some(member) = alive(members, key) else { return Vec::new() };
        if self.backoff.is_some() && !self.intensity.add(now) {
            return vec![Action::ShutDown];
        }
        vec![self.retry(key, member, now, random)]
    }

    fn on_due<T: AsRef<Member>>(
        &mut self,
        members: &BTreeMap<Key, T>,
        key: Key,
        now: Instant,
    ) -> Vec<Action> {
        // Overtaken by a start, or by a later attempt of the same child.
        if self.due.get(&key).is_none_or(|&due| due > now) {
            return Vec::new();
        }
        self.due.remove(&key);
        if self.is_led(key) {
            return Vec::new();
        }
        // Stopped by hand or started meanwhile, it may have siblings that wait for it, and no more.
        let is_its_own = members.get(&key).is_some_and(is_restarting);
        let group = self.group(members, key);
        let starts: Vec<Key> = group
            .take_while(|(sibling, member)| {
                !is_restarting(member) || !self.due.contains_key(sibling)
            })
            .filter(|(_, member)| member.as_ref().is_to_start())
            .filter(|(_, member)| is_its_own || is_restarting(member))
            .map(|(&sibling, _)| sibling)
            .collect();
        if starts.is_empty() {
            return Vec::new();
        }
        if self.backoff.is_none() && !self.intensity.add(now) {
            return vec![Action::ShutDown];
        }
        let mut actions = if is_its_own { self.stops(members, key) } else { Vec::new() };
        self.start(starts, &mut actions);
        actions
    }

    /// Whether another attempt that is under way starts this child too: any of the group, for
    /// `OneForAll` starts when all can, and one before it for `RestForOne`.
    fn is_led(&self, key: Key) -> bool {
        match self.strategy {
            Strategy::OneForOne => false,
            Strategy::OneForAll => !self.due.is_empty(),
            Strategy::RestForOne => self.due.range(..key).next().is_some(),
        }
    }

    /// Whether the supervisor ends with this significant child.
    fn ends_with<T: AsRef<Member>>(&self, members: &BTreeMap<Key, T>, key: Key) -> bool {
        let is_left = |(&sibling, member): (&Key, &T)| {
            let member = member.as_ref();
            sibling != key && member.significant && member.phase != Phase::Down
        };
        match self.auto_shutdown {
            AutoShutdown::Never => false,
            AutoShutdown::AnySignificant => true,
            AutoShutdown::AllSignificant => !members.iter().any(is_left),
        }
    }

    /// The child and those that are restarted with it.
    fn group<'a, T>(&self, members: &'a BTreeMap<Key, T>, key: Key) -> Range<'a, Key, T> {
        match self.strategy {
            Strategy::OneForOne => members.range(key..=key),
            Strategy::OneForAll => members.range(..),
            Strategy::RestForOne => members.range(key..),
        }
    }

    /// Stops the others of the group that are up.
    fn stops<T: AsRef<Member>>(&self, members: &BTreeMap<Key, T>, key: Key) -> Vec<Action> {
        let mut actions = Vec::new();
        for (&sibling, member) in self.group(members, key).rev() {
            if sibling == key || member.as_ref().phase != Phase::Up {
                continue;
            }
            actions.push(Action::Stop(sibling));
            if member.as_ref().restart == Restart::Temporary {
                actions.push(Action::Forget(sibling));
            }
        }
        actions
    }

    fn start(&mut self, keys: Vec<Key>, actions: &mut Vec<Action>) {
        for key in keys {
            self.due.remove(&key);
            actions.push(Action::Start(key));
        }
    }

    fn retry(&mut self, key: Key, member: &Member, now: Instant, random: f64) -> Action {
        let delay = self.backoff.as_ref().map_or(Duration::ZERO, |backoff| {
            backoff.delay(member.failures(now, Some(backoff)), random)
        });
        // What is due after the end of the clock's time never comes, so any time serves.
        self.due.insert(key, now.checked_add(delay).unwrap_or(now));
        Action::Retry(key, delay)
    }
}

fn alive<T: AsRef<Member>>(members: &BTreeMap<Key, T>, key: Key) -> Option<&Member> {
    members.get(&key).map(AsRef::as_ref).filter(|member| member.phase != Phase::Down)
}

fn is_restarting<T: AsRef<Member>>(member: &T) -> bool {
    member.as_ref().phase == Phase::Restarting
}
