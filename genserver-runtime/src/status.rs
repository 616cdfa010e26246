//! What a server is doing: read from outside, without stopping it.

use std::time::Duration;

use crate::clock::Instant;
use crate::core::Core;
use crate::id::ServerId;
use crate::inbox::{Cold, Inbox, Life, Mode};
use crate::node::{Counters, Node as _};
use crate::owned::Owned;
use crate::server::Server;
use crate::slot;
use crate::timer::Armed;

/// How many timers a status names.
const TIMERS_MAX: usize = 16;

/// What a server is and does: see [`Sys::get_status`](crate::Sys::get_status).
///
/// With the feature `serde` it can be serialised. Like `sys:get_status/1`; differs: it has fields,
/// and is read also of a server that is stuck.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
/// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use genserver_runtime::Activity;
///
/// let counter = Counter::start(Counter(0)).name("hits").await?;
/// counter.increment().await?;
/// let status = counter.sys().get_status()?;
/// assert_eq!((status.server, status.name.as_deref()), ("Counter", Some("hits")));
/// assert_eq!(status.activity, Activity::Idle);
/// assert_eq!(status.handled.calls, 1);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Status {
    /// Its identity.
    pub id: ServerId,
    /// Its type, without path and generics.
    pub server: &'static str,
    /// Its type in full.
    pub type_name: &'static str,
    /// The name that it was started under.
    pub name: Option<String>,
    /// What it calls itself: see [`Cx::set_label`](crate::Cx::set_label).
    pub label: Option<String>,
    /// How many keys of registries it holds.
    pub keys: usize,
    /// Whether it is a state machine.
    pub machine: bool,
    /// Of its state: `version = ..`.
    pub version: Option<u32>,
    /// How long it has been up, to a tenth of a second.
    pub uptime: Duration,
    /// What it does now.
    pub activity: Activity,
    /// What lies in its mailbox.
    pub mailbox: Mailbox,
    /// What became of messages that no handler saw.
    pub counters: Counters,
    /// How many messages were handled.
    pub handled: Handled,
    /// What its handlers took, since statistics were asked for.
    pub statistics: Option<Statistics>,
    /// The machine's state after the last handler; empty without states.
    pub state: &'static str,
    /// The guarded calls and casts which that state allows.
    pub allowed: &'static [&'static str],
    /// How many timers will fire, `#[every]` among them.
    pub timers: usize,
    /// The 16 of them that fire next.
    pub next_timers: Vec<NextTimer>,
    /// How many messages wait for another state of the machine: `otherwise = postpone`.
    pub postponed: usize,
    /// How many requests wait for a reply that their handler has left for later.
    pub deferred: usize,
    /// How many of its tasks run.
    pub tasks: usize,
    /// How many streams are attached to it.
    pub streams: usize,
    /// Its supervisor.
    pub parent: Option<ServerId>,
    /// How often its supervisor has started it again by itself.
    pub restarts: u32,
    /// The servers that it is linked with.
    pub links: Vec<ServerId>,
    /// How many monitors will tell it of an end.
    pub monitors: usize,
    /// How many monitors will tell of its own end.
    pub monitored_by: usize,
    /// Whether exit signals come to it as messages.
    pub trap_exit: bool,
}

/// What a server does now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub enum Activity {
    /// `init` has not returned.
    Starting,
    /// It waits for messages.
    Idle,
    /// It runs a handler.
    Handling {
        /// The handler.
        handler: &'static str,
        /// For how long; of a handler that never waits, since it was first looked at.
        since: Duration,
    },
    /// It takes up what is queued.
    Busy,
    /// It was suspended.
    Suspended,
    /// It has given its memory back until a message comes.
    Hibernating,
    /// It takes no messages any more; `terminate` runs.
    Ending,
}

/// What lies in a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Mailbox {
    /// How many messages wait.
    pub now: usize,
    /// How many waited at the most.
    pub high_water: usize,
    /// How many there is room for; `None` for any number.
    pub bound: Option<u32>,
    /// How many senders wait for room.
    pub senders: usize,
}

/// How many messages of each kind were handled since the start. While the server works, those of
/// the batch in hand may be missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Handled {
    /// Calls.
    pub calls: u64,
    /// Casts.
    pub casts: u64,
    /// Infos: from clients, timers, streams and tasks.
    pub infos: u64,
    /// Messages of `continue_with`.
    pub continued: u64,
    /// `#[idle]`, `#[every]` and `#[state_timeout]`.
    pub signals: u64,
}

/// What a server's handlers took, since it was asked for: see
/// [`Sys::statistics`](crate::Sys::statistics).
///
/// Like `sys:statistics/2`; differs: the time that handlers took stands for reductions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Statistics {
    /// For how long it is measured.
    pub since: Duration,
    /// Messages that were taken.
    pub messages_in: u64,
    /// Replies that handlers gave.
    pub messages_out: u64,
    /// How long handlers ran, their waiting included.
    pub busy: Duration,
    /// The slowest handler and what it took.
    pub slowest: Option<(&'static str, Duration)>,
}

/// A timer that will fire.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct NextTimer {
    /// The message, or what happens.
    pub what: &'static str,
    /// How long until then.
    pub left: Duration,
    /// Of an interval.
    pub period: Option<Duration>,
}

/// The timers that fire next, and how many there are.
fn next_timers(owned: &Owned) -> (Vec<NextTimer>, usize) {
    let mut timers: Vec<&Armed> = owned.timers().collect();
    // Read once each: a tick that is handled meanwhile moves its time.
    timers.sort_by_cached_key(|armed| armed.due());
    let next = timers.iter().take(TIMERS_MAX).map(|armed| NextTimer {
        what: armed.what,
        left: armed.left(),
        period: armed.period,
    });
    (next.collect(), timers.len())
}

impl<S: Server> Core<S> {
    /// How long it has been up, to a tenth of a second.
    pub(crate) fn uptime(&self) -> Duration {
        self.home.age().saturating_sub(Duration::from_millis(u64::from(self.started) * 100))
    }

    /// The machine's state after the last handler.
    pub(crate) fn state_name(&self) -> &'static str {
        self.leaf().map_or("", |leaf| leaf.name)
    }

    fn leaf(&self) -> Option<&'static crate::server::Leaf> {
        S::STATES.get(usize::from(self.state.load(std::sync::atomic::Ordering::Relaxed)))
    }

    /// What the server is and does; `None` when it has ended.
    pub(crate) fn status(&self) -> Option<Status> {
        self.observe(Instant::now());
        let inbox = self.lock();
        if inbox.life == Life::Ended || self.home.is_gone() {
            return None;
        }
        let cold = inbox.cold.as_deref();
        let owned = cold.and_then(|cold| cold.owned.as_deref());
        let (next_timers, timers) = owned.map(next_timers).unwrap_or_default();
        let ties = cold.and_then(|cold| cold.ties.as_ref());
        let ties = ties.map(|ties| ties.count()).unwrap_or_default();
        let tally = cold.map(|cold| cold.tally).unwrap_or_default();
        Some(Status {
            id: self.id,
            server: S::NAME,
            type_name: std::any::type_name::<S>(),
            name: cold.and_then(|cold| cold.name.as_deref()).map(str::to_owned),
            label: cold.and_then(|cold| cold.label.as_deref()).map(str::to_owned),
            keys: cold.map_or(0, |cold| {
                cold.claims_held().saturating_sub(usize::from(cold.name.is_some()))
            }),
            machine: !S::STATES.is_empty(),
            version: S::OPTIONS.version,
            uptime: self.uptime(),
            activity: self.activity(&inbox),
            mailbox: self.mailbox(&inbox),
            counters: cold.map(|cold| cold.counters).unwrap_or_default(),
            handled: Handled {
                calls: tally.calls
                    + u64::from(self.calls.load(std::sync::atomic::Ordering::Relaxed)),
                casts: tally.casts,
                infos: tally.infos,
                continued: tally.continued,
                signals: tally.signals,
            },
            statistics: cold
                .and_then(|cold| cold.watch.as_ref())
                .and_then(|watch| watch.measured()),
            state: self.state_name(),
            allowed: self.leaf().map_or(&[], |leaf| leaf.allowed),
            next_timers,
            timers,
            postponed: cold.map_or(0, Cold::postponed),
            deferred: cold.map_or(0, |cold| slot::awaited(&cold.deferred)),
            tasks: owned.map_or(0, Owned::tasks),
            streams: owned.map_or(0, Owned::streams),
            parent: inbox.parent.as_ref().and_then(|spot| spot.supervisor_id()),
            restarts: inbox.parent.as_ref().map_or(0, |spot| spot.restarts()),
            links: ties.links,
            monitors: ties.monitors,
            monitored_by: ties.monitored_by,
            trap_exit: cold.is_some_and(|cold| cold.traps.is_some()),
        })
    }

    fn activity(&self, inbox: &Inbox<S>) -> Activity {
        match inbox.life {
            Life::Starting => return Activity::Starting,
            Life::Ending | Life::Ended => return Activity::Ending,
            Life::Running => {}
        }
        if let Some(busy) = self.busy(inbox) {
            return Activity::Handling { handler: busy.handler, since: busy.since };
        }
        if inbox.mode.is(Mode::SUSPENDED) {
            Activity::Suspended
        } else if inbox.mode.is(Mode::ASLEEP) {
            Activity::Hibernating
        } else if inbox.body.is_some() && inbox.queue.is_empty() {
            Activity::Idle
        } else {
            Activity::Busy
        }
    }

    fn mailbox(&self, inbox: &Inbox<S>) -> Mailbox {
        let cold = inbox.cold.as_deref();
        let seen = cold.map_or(0, |cold| cold.high_water as usize);
        Mailbox {
            now: inbox.waiting(self.taken()),
            high_water: seen.max(usize::from(inbox.seq > 0)),
            bound: inbox.bound(),
            senders: cold.map_or(0, |cold| cold.waiters.len()),
        }
    }
}
