//! The children of a supervisor, and what is done to them.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::clock::{self, Instant};
use crate::core::Core;
use crate::end::End;
use crate::exit::ExitReason;
use crate::id::ServerId;
use crate::ledger;
use crate::node::{Node, Stop};
use crate::options::Restart;
use crate::options::Shutdown;
use crate::spot::Spot;
use crate::supervisor::child::{Child, Fixed, Traits, Wanted};
use crate::supervisor::error::Refusal;
use crate::supervisor::halt::Halt;
use crate::supervisor::make::{Extra, Kept, Made, With};
use crate::supervisor::plan::{Action, Event, Key, Member, Phase, Plan};
use crate::supervisor::report;
use crate::supervisor::shutdown::{stop, stop_all};
use crate::supervisor::spec::{AutoShutdown, check_significant};
use crate::supervisor::tree::Supervisor;

pub(crate) struct Family {
    pub(crate) children: BTreeMap<Key, Box<Child>>,
    keys: HashMap<Arc<str>, Key>,
    plan: Plan,
    auto_shutdown: AutoShutdown,
    supervisor: Weak<Core<Supervisor>>,
    halt: Arc<Halt>,
    next: Key,
    /// What was fixed about the last child that came without an id.
    last: Option<Arc<Fixed>>,
    /// What children are started with that ask for it.
    pub(crate) extra: Option<Extra>,
    /// Without ids: children are stopped all at once, and one that is not started is not kept.
    dynamic: bool,
}

/// What the supervisor does after its children were seen to.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// Attempts to be made later.
    pub(crate) retries: Vec<(Key, Duration)>,
    /// Whether it ends.
    pub(crate) shut_down: bool,
    /// Whether it ends for want of success.
    pub(crate) gave_up: bool,
}

impl Family {
    pub(crate) fn new(
        plan: Plan,
        auto_shutdown: AutoShutdown,
        dynamic: bool,
        supervisor: Weak<Core<Supervisor>>,
    ) -> Self {
        Self {
            children: BTreeMap::new(),
            keys: HashMap::new(),
            plan,
            auto_shutdown,
            supervisor,
            halt: Arc::default(),
            next: 0,
            last: None,
            extra: None,
            dynamic,
        }
    }

    pub(crate) fn is_dynamic(&self) -> bool {
        self.dynamic
    }

    pub(crate) fn key(&self, id: &str) -> Option<Key> {
        self.keys.get(id).copied()
    }

    /// Starts a child that is new.
    pub(crate) async fn add(&mut self, wanted: Wanted, first: Option<Kept>) -> Result<(), Refusal> {
        let Wanted { id, mut make, traits } = wanted;
        if let Some(present) = id.as_ref().and_then(|id| self.key(id)) {
            let present = self.children[&present].current;
            return Err(present.map_or(Refusal::AlreadyPresent, Refusal::AlreadyStarted));
        }
        check_significant(traits.restart, traits.significant, self.auto_shutdown)?;
        let key = self.next;
        self.next += 1;
        let spot = Spot::new(key, self.fix(id.as_ref(), traits));
        let with = With { spot: Arc::clone(&spot), first, extra: self.extra.clone() };
        let made = make.make(with).await;
        let temporary = traits.restart == Restart::Temporary;
        let mut member = Member::new(traits.restart, traits.significant);
        let mut current = None;
        match made {
            Made::Up(started) => {
                member.rise(Instant::now());
                current = Some(started);
                report::started(&self.supervisor, id.as_deref(), &traits, current);
            }
            Made::Ignored if temporary || self.dynamic => return Ok(()),
            Made::Ignored => {}
            Made::Failed(reason) => {
                report::start_failed(&self.supervisor, id.as_deref(), &traits, &reason);
                return Err(Refusal::Failed(reason));
            }
        }
        if let Some(id) = &id {
            self.keys.insert(Arc::clone(id), key);
        }
        let kept = if temporary { None } else { Some(make) };
        self.children.insert(key, Box::new(Child { make: kept, spot, member, current }));
        Ok(())
    }

    /// What is fixed about a child: that of the last one, where they are alike.
    fn fix(&mut self, id: Option<&Arc<str>>, traits: Traits) -> Arc<Fixed> {
        match &self.last {
            Some(last) if id.is_none() && last.traits == traits => Arc::clone(last),
            _ => {
                let supervisor = Weak::clone(&self.supervisor);
                let fixed = Arc::new(Fixed {
                    supervisor,
                    id: id.cloned(),
                    traits,
                    halt: Arc::clone(&self.halt),
                });
                self.last = id.is_none().then(|| Arc::clone(&fixed));
                fixed
            }
        }
    }

    /// An incarnation has ended; nothing where it was stopped here.
    pub(crate) async fn exited(&mut self, key: Key, id: ServerId, reason: &ExitReason) -> Verdict {
        let now = Instant::now();
        let Some(child) = self.children.get_mut(&key) else { return Verdict::default() };
        if child.current != Some(id) {
            return Verdict::default();
        }
        child.current = None;
        child.spot.take_fallen(id);
        child.member.fall(now, self.plan.backoff());
        report::terminated(&self.supervisor, child, id, reason);
        self.see_to(Event::Exited { key, clean: !reason.is_crash() }).await
    }

    /// An attempt is due.
    pub(crate) async fn due(&mut self, key: Key) -> Verdict {
        self.see_to(Event::Due { key }).await
    }

    async fn see_to(&mut self, event: Event) -> Verdict {
        let mut verdict = Verdict::default();
        let mut actions = self.decide(event);
        verdict.gave_up = actions.front() == Some(&Action::ShutDown);
        while let Some(action) = actions.pop_front() {
            match action {
                Action::Stop(key) => self.stop(key).await,
                Action::Start(key) => {
                    if !self.start(key).await {
                        actions = self.decide(Event::StartFailed { key });
                        verdict.gave_up = actions.front() == Some(&Action::ShutDown);
                    }
                }
                Action::Retry(key, delay) => {
                    if let Some(child) = self.children.get_mut(&key) {
                        child.member.wait();
                        child.spot.wait();
                    }
                    verdict.retries.push((key, delay));
                }
                Action::Down(key) => self.go_down(key),
                Action::Forget(key) => self.forget(key),
                Action::ShutDown => verdict.shut_down = true,
            }
        }
        verdict
    }

    fn decide(&mut self, event: Event) -> VecDeque<Action> {
        let random = match self.plan.backoff() {
            Some(_) => chance(),
            None => 0.0,
        };
        self.plan.decide(&self.children, event, Instant::now(), random).into()
    }

    /// Stops a child that will be started again, or is forgotten.
    async fn stop(&mut self, key: Key) {
        let Some(child) = self.children.get_mut(&key) else { return };
        let current = child.current.take();
        let node = child.spot.take();
        child.member.fall(Instant::now(), self.plan.backoff());
        if let Some(node) = node {
            let halting = self.halt.begin(node.id());
            let reason = stop(&node, child.traits().shutdown).await;
            drop(halting);
            report::stopped(&self.supervisor, child, node.id(), &reason);
        } else if let Some(id) = current
            && let Some(reason) = child.spot.take_fallen(id)
        {
            // It has ended by itself, and nobody has seen to that yet.
            report::stopped(&self.supervisor, child, id, &reason);
        }
    }

    /// Starts the next incarnation; `false` where that failed.
    async fn start(&mut self, key: Key) -> bool {
        let Some(child) = self.children.get_mut(&key) else { return true };
        let Some(make) = &mut child.make else { return true };
        child.spot.wait();
        match make
            .make(With { spot: Arc::clone(&child.spot), first: None, extra: self.extra.clone() })
            .await
        {
            Made::Up(started) => {
                child.spot.count_restart();
                child.member.rise(Instant::now());
                child.current = Some(started);
                report::started(&self.supervisor, child.id(), child.traits(), child.current);
                true
            }
            Made::Ignored => {
                self.go_down(key);
                true
            }
            Made::Failed(reason) => {
                let (id, traits) = (child.id(), child.traits());
                report::start_failed(&self.supervisor, id, traits, &reason);
                false
            }
        }
    }

    /// It is not started again by itself: without an id nobody could ask for it either.
    fn go_down(&mut self, key: Key) {
        self.rest(key);
        if self.dynamic {
            self.forget(key);
        }
    }

    fn rest(&mut self, key: Key) {
        if let Some(child) = self.children.get_mut(&key) {
            child.member.rest();
            child.spot.leave();
        }
    }

    pub(crate) fn forget(&mut self, key: Key) {
        let Some(child) = self.children.remove(&key) else { return };
        child.spot.leave();
        if let Some(id) = child.id() {
            self.keys.remove(id);
        }
    }

    /// Stops a child by hand: it is not started again by itself.
    pub(crate) async fn terminate(&mut self, key: Key) {
        if self.children.get(&key).is_some_and(|child| child.member.phase == Phase::Up) {
            self.stop(key).await;
        }
        self.rest(key);
        let child = self.children.get(&key);
        let temporary = child.is_some_and(|child| child.member.restart == Restart::Temporary);
        if self.dynamic || temporary {
            self.forget(key);
        }
    }

    /// Starts a child by hand that is down.
    pub(crate) async fn restart(
        &mut self,
        key: Key,
        first: Option<Kept>,
    ) -> Result<Option<ServerId>, Refusal> {
        let Some(child) = self.children.get_mut(&key) else { return Err(Refusal::NotFound) };
        match child.member.phase {
            Phase::Up => return Err(Refusal::Running),
            Phase::Restarting => return Err(Refusal::Restarting),
            Phase::Down => {}
        }
        let Some(make) = &mut child.make else { return Err(Refusal::NotFound) };
        match make
            .make(With { spot: Arc::clone(&child.spot), first, extra: self.extra.clone() })
            .await
        {
            Made::Up(started) => {
                child.member.rise(Instant::now());
                child.current = Some(started);
                report::started(&self.supervisor, child.id(), child.traits(), child.current);
                Ok(child.current)
            }
            Made::Ignored => Ok(None),
            Made::Failed(reason) => {
                let (id, traits) = (child.id(), child.traits());
                report::start_failed(&self.supervisor, id, traits, &reason);
                Err(Refusal::Failed(reason))
            }
        }
    }

    /// Stops all children, in the reverse order of their starts, or all at once.
    pub(crate) async fn close(&mut self) {
        if let Some(supervisor) = self.supervisor.upgrade() {
            ledger::note_closing(&*supervisor);
        }
        if self.dynamic {
            let mut left = Vec::new();
            for child in self.children.values_mut() {
                child.current = None;
                let node = child.spot.take();
                child.spot.leave();
                left.extend(node.map(|node| (node, child.traits().shutdown)));
            }
            for (node, reason) in stop_all(left).await {
                report::stopped_one(&self.supervisor, &*node, &reason);
            }
            return;
        }
        while let Some((&key, _)) = self.children.last_key_value() {
            self.stop(key).await;
            self.forget(key);
        }
    }
}

/// A supervisor that went without stopping its children, killed or with its runtime, takes them
/// along, as links do.
impl Drop for Family {
    fn drop(&mut self) {
        for child in self.children.values().rev() {
            let node = child.spot.take();
            child.spot.leave();
            if let Some(node) = node {
                take_along(node, child.traits().shutdown);
            }
        }
    }
}

/// Ends a child for which nobody waits, in the time that it has.
fn take_along(node: Arc<dyn Node>, shutdown: Shutdown) {
    let how = match shutdown {
        Shutdown::Kill => Stop::Kill,
        Shutdown::After(_) | Shutdown::Infinity => Stop::Now(ExitReason::Killed),
    };
    Arc::clone(&node).stop(how, None);
    if let Shutdown::After(limit) = shutdown
        && !node.home().is_gone()
    {
        node.end_at(clock::after(limit), End::Kill);
    }
}

/// A number between 0 and 1, for what shall not happen to all at once.
fn chance() -> f64 {
    let bits = RandomState::new().build_hasher().finish() >> 11;
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
    let (bits, all) = (bits as f64, (1_u64 << 53) as f64);
    bits / all
}
