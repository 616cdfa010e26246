//! A server that is watched: its trace, its log, its statistics, and who reads its events.
//!
//! A watched server takes everything through its queue, where each message is seen; one that is not
//! pays a look at one flag a message.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Waker;
use std::time::Duration;

use crate::clock::Instant;
use crate::core::Core;
use crate::event::{Channel, Event, EventKind, Origin};
use crate::inbox::Mode;
use crate::item::Source;
use crate::options::{Handler, Kind};
use crate::report;
use crate::server::Server;
use crate::status::Statistics;

/// How many messages of each kind were handled.
#[derive(Clone, Copy, Default)]
pub(crate) struct Tally {
    /// Those beyond what the core counts.
    pub(crate) calls: u64,
    pub(crate) casts: u64,
    pub(crate) infos: u64,
    pub(crate) continued: u64,
    pub(crate) signals: u64,
}

impl Tally {
    pub(crate) fn count(&mut self, kind: Kind) {
        match kind {
            Kind::Call => {}
            Kind::Cast => self.casts += 1,
            Kind::Info => self.infos += 1,
            Kind::Continued => self.continued += 1,
            Kind::Idle | Kind::Every | Kind::StateTimeout => self.signals += 1,
        }
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.casts + self.infos + self.continued + self.signals == 0
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.casts += other.casts;
        self.infos += other.infos;
        self.continued += other.continued;
        self.signals += other.signals;
    }
}

/// What watches a server.
#[derive(Default)]
pub(crate) struct Watch {
    pub(crate) trace: bool,
    log: Option<Log>,
    readers: Vec<Arc<Channel>>,
    pub(crate) statistics: Option<Measured>,
    number: u64,
}

struct Log {
    events: VecDeque<Event>,
    size: usize,
}

/// Statistics since they were asked for.
#[derive(Clone, Copy)]
pub(crate) struct Measured {
    pub(crate) since: Instant,
    pub(crate) messages_in: u64,
    pub(crate) messages_out: u64,
    pub(crate) busy: Duration,
    pub(crate) slowest: Option<(&'static str, Duration)>,
}

impl Watch {
    fn is_idle(&self) -> bool {
        !self.trace && self.log.is_none() && self.readers.is_empty() && self.statistics.is_none()
    }

    /// Keeps the newest `size` events; none, and no log, for zero.
    pub(crate) fn keep_log(&mut self, size: usize) {
        let mut events = self.log.take().map(|log| log.events).unwrap_or_default();
        if size > 0 {
            events.drain(..events.len().saturating_sub(size));
            self.log = Some(Log { events, size });
        }
    }

    pub(crate) fn logged(&self) -> Vec<Event> {
        self.log.as_ref().map(|log| log.events.iter().cloned().collect()).unwrap_or_default()
    }

    pub(crate) fn measure(&mut self, on: bool) {
        let fresh = || Measured {
            since: Instant::now(),
            messages_in: 0,
            messages_out: 0,
            busy: Duration::ZERO,
            slowest: None,
        };
        self.statistics = on.then(|| self.statistics.unwrap_or_else(fresh));
    }

    pub(crate) fn read(&mut self) -> Arc<Channel> {
        let channel = Arc::new(Channel::default());
        self.readers.push(Arc::clone(&channel));
        channel
    }

    /// What was measured so far.
    pub(crate) fn measured(&self) -> Option<Statistics> {
        self.statistics.map(|measured| Statistics {
            since: measured.since.elapsed(),
            messages_in: measured.messages_in,
            messages_out: measured.messages_out,
            busy: measured.busy,
            slowest: measured.slowest,
        })
    }

    /// Ends all of it; gives back those who wait for an event.
    pub(crate) fn clear(&mut self) -> Vec<Waker> {
        let readers = std::mem::take(self).readers;
        readers.iter().filter_map(|reader| reader.close()).collect()
    }

    /// Notes an event; those to be woken are woken outside of the lock.
    fn note(&mut self, event: &Event) -> Vec<Waker> {
        if let Some(log) = &mut self.log {
            if log.events.len() == log.size {
                log.events.pop_front();
            }
            log.events.push_back(event.clone());
        }
        if let Some(measured) = &mut self.statistics {
            match event.kind {
                EventKind::In { .. } => measured.messages_in += 1,
                EventKind::Replied { .. } => measured.messages_out += 1,
                _ => {}
            }
        }
        self.readers.iter().filter_map(|reader| reader.push(event.clone())).collect()
    }
}

impl<S: Server> Core<S> {
    #[inline]
    pub(crate) fn is_watched(&self) -> bool {
        self.watched.load(Ordering::Relaxed)
    }

    /// Changes what watches the server; `false` when it has ended. Not from where the inbox is
    /// locked.
    pub(crate) fn with_watch(&self, change: impl FnOnce(&mut Watch)) {
        let gone = {
            let mut inbox = self.lock();
            let watch = inbox.cold().watch.get_or_insert_default();
            change(watch);
            watch.readers.retain(|reader| !reader.is_closed());
            let idle = watch.is_idle();
            inbox.mode.set(Mode::WATCHED, !idle);
            self.watched.store(!idle, Ordering::Relaxed);
            idle.then(|| inbox.cold().watch.take())
        };
        drop(gone);
    }

    /// Tells those who watch.
    #[cold]
    pub(crate) fn tell_watch(&self, kind: EventKind) {
        let (event, wakers, trace) = {
            let mut inbox = self.lock();
            let Some(watch) = inbox.cold.as_mut().and_then(|cold| cold.watch.as_mut()) else {
                return;
            };
            watch.number += 1;
            let event = Event {
                number: watch.number,
                server: S::NAME,
                id: self.id,
                uptime: self.uptime(),
                state: self.state_name(),
                kind,
            };
            let wakers = watch.note(&event);
            (event, wakers, watch.trace)
        };
        wakers.into_iter().for_each(Waker::wake);
        if trace {
            report::traced(&event);
        }
    }

    /// The newest events.
    pub(crate) fn logged(&self) -> Vec<Event> {
        let inbox = self.lock();
        let watch = inbox.cold.as_ref().and_then(|cold| cold.watch.as_ref());
        watch.map(|watch| watch.logged()).unwrap_or_default()
    }

    /// The server has ended: nobody hears of it any more.
    pub(crate) fn end_watch(&self, reason: &crate::exit::ExitReason) {
        if !self.is_watched() {
            return;
        }
        self.tell_watch(EventKind::Ended { reason: reason.to_string() });
        let readers = {
            let mut inbox = self.lock();
            let watch = inbox.cold.as_mut().and_then(|cold| cold.watch.as_mut());
            watch.map(|watch| std::mem::take(&mut watch.readers)).unwrap_or_default()
        };
        readers.iter().filter_map(|reader| reader.close()).for_each(Waker::wake);
    }

    /// A message is taken: told, and the time noted.
    #[cold]
    pub(crate) fn begins(&self, handler: &Handler, source: &Source) -> Instant {
        let from = match source {
            Source::Timer(..) => Origin::Timer,
            Source::Stream(_) => Origin::Stream,
            Source::Task(_) => Origin::Task,
            Source::Tie(_) => Origin::Tie,
            Source::Idle => Origin::Idle,
            Source::Continued => Origin::Continued,
            Source::Sender => match handler.kind {
                Kind::Call => Origin::Caller,
                Kind::Cast => Origin::Caster,
                _ => Origin::Sender,
            },
        };
        self.tell_watch(EventKind::In { from, message: handler.message });
        Instant::now()
    }

    /// A handler took so long.
    #[cold]
    pub(crate) fn measured(&self, handler: &'static str, took: Duration) {
        let mut inbox = self.lock();
        let watch = inbox.cold.as_mut().and_then(|cold| cold.watch.as_mut());
        let Some(measured) = watch.and_then(|watch| watch.statistics.as_mut()) else { return };
        measured.busy += took;
        if measured.slowest.is_none_or(|(_, slowest)| took > slowest) {
            measured.slowest = Some((handler, took));
        }
    }
}
