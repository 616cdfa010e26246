//! What a server shows without its type.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::task::AbortHandle;

use crate::body::Body;
use crate::clock::Instant;
use crate::core::{Core, Wait};
use crate::end::End;
use crate::error::ServerError;
use crate::exit::ExitReason;
use crate::frame::Edge;
use crate::home::Home;
use crate::id::ServerId;
use crate::inbox::{Claim, Inbox, Life};
use crate::item::Item;
use crate::late::{Busy, Phase};
use crate::limit::Limit;
use crate::link::Exit;
use crate::monitor::MonitorId;
use crate::node::{Counters, Node, Stop, Unadopted};
use crate::owned::{Entry, What};
use crate::pending::{Asked, Pending, Waits};
use crate::reply::ReplyTo;
use crate::server::Server;
use crate::shown::shown;
use crate::slot::{Expire, Slot};
use crate::spot::{Kin, Spot};
use crate::status::Status;
use crate::sys_call::FormatError;
use crate::system::Turn;
use crate::tie::{Through, Tied, Told};
use crate::timer::{Due, Timer};
use crate::watch::Watch;
use crate::{demand, ending};

impl<S: Server> Node for Core<S> {
    fn id(&self) -> ServerId {
        self.id
    }

    fn kind(&self) -> &'static str {
        S::NAME
    }

    fn name(&self) -> Option<Arc<str>> {
        self.lock().cold.as_ref().and_then(|cold| cold.name.clone())
    }

    fn label(&self) -> Option<Arc<str>> {
        self.lock().cold.as_ref().and_then(|cold| cold.label.clone())
    }

    fn home(&self) -> &Arc<Home> {
        &self.home
    }

    fn is_running(&self) -> bool {
        // Where nothing is asked of it, it has not ended: see the drain task.
        let open = || matches!(self.lock().life, Life::Starting | Life::Running);
        !self.home.is_gone() && (!self.attention.load(Ordering::Acquire) || open())
    }

    fn end_asked(&self) -> bool {
        let inbox = self.lock();
        let asked = inbox.cold.as_ref().is_some_and(|cold| !cold.stops.is_empty());
        asked || matches!(inbox.life, Life::Ending | Life::Ended)
    }

    fn counters(&self) -> Counters {
        self.lock().cold.as_ref().map(|cold| cold.counters).unwrap_or_default()
    }

    fn retain(&self) -> bool {
        Self::retain(self)
    }

    fn release(self: Arc<Self>) {
        Self::let_go(&self);
    }

    fn detach(self: Arc<Self>) {
        {
            let mut inbox = self.lock();
            let open = matches!(inbox.life, Life::Starting | Life::Running);
            if !open || std::mem::replace(&mut inbox.cold().detached, true) {
                return;
            }
        }
        self.holders.fetch_add(1, Ordering::AcqRel);
        self.home.keep(Arc::clone(&self) as Arc<dyn Node>);
        // It may have ended in between: then nobody takes it out any more.
        if !self.is_running() {
            self.home.let_go(self.id);
        }
    }

    fn stop(self: Arc<Self>, how: Stop, done: Option<Arc<Slot<ExitReason>>>) {
        demand::ask(&self, how, false, done);
    }

    fn ask_state(self: Arc<Self>) -> Pending<&'static str> {
        let limit = Limit::Default(S::OPTIONS.call_timeout);
        let asked = Asked { call: "state", limit, waits: Waits::Server };
        let pending = Pending::new(Arc::clone(&self) as Arc<dyn Node>, &asked);
        let reply = ReplyTo::new(Arc::clone(pending.slot()));
        let mut reply = Some(reply);
        let make = || Item::Ask(reply.take().expect("invariant: made once"));
        // Not counted, so never refused for want of room.
        if self.send(make, Wait::No).is_err()
            && let Some(reply) = reply
        {
            reply.refuse_with(ServerError::NotRunning);
        }
        pending
    }

    fn stands(&self, slot: usize, seq: u64, started: bool) -> (Phase, Option<Busy>) {
        self.observe(Instant::now());
        let inbox = self.lock();
        let busy = self.busy(&inbox);
        if started {
            let since = busy.map(|busy| busy.since).unwrap_or_default();
            let handler = busy.map_or("", |busy| busy.handler);
            return (Phase::Running { handler, since }, busy);
        }
        let taken = u64::from(self.taken());
        let high = inbox.cold.as_ref().map_or(0, |cold| cold.high.len() as u64);
        if inbox.has_postponed(slot) {
            return (Phase::Postponed, busy);
        }
        if let Some(at) = inbox.ahead_at(slot) {
            return (Phase::Queued { ahead: at as u64 }, busy);
        }
        let ahead = match (inbox.high_at(slot), inbox.queued_at(slot)) {
            (Some(at), _) => at as u64,
            (None, Some(at)) => taken + high + at as u64,
            (None, None) => seq.saturating_sub(inbox.batch_end().saturating_sub(taken) + 1),
        };
        (Phase::Queued { ahead }, busy)
    }

    fn leave_room(&self, slot: usize) -> bool {
        let item = self.lock().leave_room(slot);
        item.is_some()
    }

    fn withdraw(&self, slot: usize) -> Option<Box<dyn Send>> {
        let mut inbox = self.lock();
        match inbox.withdraw(slot) {
            Some(item) => Some(Box::new(item)),
            None => Some(Box::new(inbox.withdraw_act(slot)?)),
        }
    }

    fn waits_on(&self, edges: Vec<Edge>) {
        Self::waits(self, None, Some(edges));
    }

    fn waits(&self) -> Vec<Edge> {
        self.lock().cold.as_ref().map(|cold| cold.edges.clone()).unwrap_or_default()
    }

    fn observe(&self, now: Instant) {
        if self.running.load(Ordering::Relaxed) == 0 {
            return;
        }
        let mut inbox = self.lock();
        // Under the lock under which the body is put back: what is noted of a handler is forgotten with it.
        if self.running.load(Ordering::Relaxed) == 0 {
            return;
        }
        let running = inbox.batch_end().saturating_sub(u64::from(self.taken()));
        let since = &mut inbox.cold().since;
        if since.is_none_or(|(seen, _)| seen != running) {
            *since = Some((running, now));
            // What was seen is forgotten when this handler is done.
            self.waited.store(true, Ordering::Relaxed);
        }
    }

    fn idle_tick(&self) -> bool {
        self.tick_parked()
    }

    fn take_roll(&self) -> VecDeque<Arc<dyn Expire>> {
        let mut inbox = self.lock();
        let drained = inbox.drained;
        let Some(cold) = &mut inbox.cold else { return VecDeque::new() };
        let calls = cold.roll.take();
        if !drained {
            // It went to sleep meanwhile.
            cold.roll.shrink();
        }
        calls
    }

    fn adopt(&self, spot: &Arc<Spot>) -> Result<(), Unadopted> {
        let mut inbox = self.lock();
        if inbox.parent.is_some() {
            return Err(Unadopted::Supervised);
        }
        if let Some(reason) = inbox.end_reason() {
            return Err(Unadopted::Ended(reason));
        }
        inbox.parent = Some(Arc::clone(spot));
        self.holders.fetch_add(1, Ordering::AcqRel);
        Ok(())
    }

    fn kin(&self) -> Option<Kin> {
        self.lock().parent.as_ref().map(|spot| spot.kin())
    }

    fn abandon(&self) {
        ending::end_with_runtime(self, VecDeque::new());
    }

    fn count_late(&self) {
        self.lock().cold().counters.late += 1;
    }

    fn count_refused(&self) -> u64 {
        let mut inbox = self.lock();
        let counters = &mut inbox.cold().counters;
        counters.refused += 1;
        counters.refused
    }

    fn status(&self) -> Option<Status> {
        Self::status(self)
    }

    fn suspend(self: Arc<Self>, on: bool, reply: ReplyTo<Result<(), ServerError>>) {
        let slot = reply.share();
        self.act(Turn::First, slot, move |core: &Arc<Self>, _: &mut Body<S>| {
            core.suspend_now(on);
            drop(reply.reply(Ok(())));
        });
    }

    fn format_state(
        self: Arc<Self>,
        chars_max: usize,
        reply: ReplyTo<Result<String, FormatError>>,
    ) {
        let slot = reply.share();
        self.act(Turn::Queued, slot, move |_: &Arc<Self>, body: &mut Body<S>| {
            drop(reply.reply(shown(body, chars_max)));
        });
    }

    fn change_watch(&self, change: &mut dyn FnMut(&mut Watch)) {
        self.with_watch(change);
    }

    fn claims(&self) -> Vec<Arc<dyn Claim>> {
        self.lock().cold.as_ref().map(|cold| cold.claims.clone()).unwrap_or_default()
    }

    fn claim(self: Arc<Self>, claim: Arc<dyn Claim>) -> bool {
        Self::claim(&self, claim)
    }

    fn passivate(self: Arc<Self>) -> bool {
        self.passivate_now()
    }

    fn end_at(self: Arc<Self>, at: Instant, end: End) -> Timer {
        self.arm(at, Due::End(end))
    }

    fn hold(&self) {
        self.holders.fetch_add(1, Ordering::AcqRel);
    }

    fn end_reason(&self) -> Option<ExitReason> {
        Self::end_reason(self)
    }

    fn make_known(self: Arc<Self>) {
        Self::make_known(&self);
    }

    fn watch_end(self: Arc<Self>, id: MonitorId, told: Told) -> Result<(), Told> {
        Self::watch_end(&self, id, told)
    }

    fn unwatch_end(&self, id: MonitorId) -> Option<Told> {
        Self::unwatch_end(self, id)
    }

    fn forget_monitor(&self, id: MonitorId) {
        Self::forget_monitor(self, id);
    }

    fn bind(&self, tied: Tied) -> Result<Option<Tied>, Tied> {
        Self::bind(self, tied)
    }

    fn unbind(&self, other: ServerId) -> Option<Tied> {
        Self::unbind(self, other)
    }

    fn signal(self: Arc<Self>, exit: Exit, through: Through) {
        Self::signal(&self, exit, through);
    }

    fn note_owned(&self, what: What) -> Option<u64> {
        Self::note_owned(self, what)
    }

    fn note_abort(&self, id: u64, abort: AbortHandle) -> bool {
        Self::note_abort(self, id, abort)
    }

    fn disown(&self, id: u64) -> Option<Entry> {
        Self::disown(self, id)
    }

    fn count_missed(&self, ticks: u64) {
        self.lock().cold().counters.missed += ticks;
    }

    fn look_at_rest(self: Arc<Self>) -> Option<Instant> {
        Self::look_at_rest(&self)
    }
}

impl<S: Server> Core<S> {
    /// The handler that runs now, and for how long it is known to.
    pub(crate) fn busy(&self, inbox: &Inbox<S>) -> Option<Busy> {
        let number = usize::from(self.running.load(Ordering::Relaxed)).checked_sub(1)?;
        let handler = S::HANDLERS.get(number)?.name;
        let (_, at) = inbox.cold.as_ref()?.since?;
        Some(Busy { handler, since: Instant::now().saturating_duration_since(at) })
    }
}
