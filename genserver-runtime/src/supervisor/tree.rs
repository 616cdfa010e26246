//! The server that a supervisor is.

use std::any::TypeId;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use genserver_macros::genserver;

use crate::context::Cx;
use crate::core::Core;
use crate::exit::ExitReason;
use crate::id::ServerId;
use crate::item::{Item, Source};
use crate::ledger;
use crate::link::Exit;
use crate::server::Takes;
use crate::spot::Spot;
use crate::supervisor::backoff::Backoff;
use crate::supervisor::child::{Child, Wanted};
use crate::supervisor::error::{Refusal, SupervisorError};
use crate::supervisor::family::{Family, Verdict};
use crate::supervisor::intensity::Intensity;
use crate::supervisor::look::{ChildCounts, ChildInfo};
use crate::supervisor::make::{Extra, Kept};
use crate::supervisor::plan::{Key, Phase, Plan};
use crate::supervisor::report;
use crate::supervisor::spec::{AutoShutdown, Strategy, check_significant};

/// What a supervisor is started with.
pub(crate) struct Setup {
    pub(crate) strategy: Strategy,
    pub(crate) auto_shutdown: AutoShutdown,
    pub(crate) intensity: (u32, Duration),
    pub(crate) backoff: Option<Backoff>,
    pub(crate) children: Vec<Wanted>,
    /// For children without ids; how many there may be.
    pub(crate) dynamic: Option<usize>,
    /// What children are started with that ask for it.
    pub(crate) extra: Option<Extra>,
}

impl Setup {
    /// Whether it makes sense: found before anything starts.
    pub(crate) fn check(&self) -> Result<(), SupervisorError> {
        if let Some(backoff) = &self.backoff {
            backoff.validate()?;
        }
        let (max, period) = self.intensity;
        Intensity::new(max, period)?;
        let mut ids = HashSet::new();
        for Wanted { id, traits, .. } in &self.children {
            check_significant(traits.restart, traits.significant, self.auto_shutdown)?;
            if let Some(id) = id
                && !ids.insert(id)
            {
                return Err(SupervisorError::DuplicateChildId(Arc::clone(id)));
            }
        }
        Ok(())
    }
}

/// What a supervisor of ids is asked about a child.
pub(crate) enum Which {
    Id(Arc<str>),
    Key(Key),
}

/// A child has ended.
pub(crate) struct Ended {
    key: Key,
    id: ServerId,
    reason: ExitReason,
}

/// It is time to try again.
struct Due(Key);

pub(crate) struct Supervisor {
    family: Family,
    children_max: usize,
}

impl Supervisor {
    /// Tells a supervisor of an end.
    pub(crate) fn child_ended(core: &Arc<Core<Self>>, key: Key, id: ServerId, reason: ExitReason) {
        let ended = Ended { key, id, reason };
        core.deliver(Item::own(<Self as Takes<Ended>>::info(ended), Source::Sender));
    }

    fn find(&self, which: &Which) -> Option<Key> {
        match which {
            Which::Id(id) => self.family.key(id),
            Which::Key(key) => self.family.children.contains_key(key).then_some(*key),
        }
    }

    fn known(&self, which: &Which) -> Option<&Child> {
        Some(&**self.family.children.get(&self.find(which)?)?)
    }

    fn carry_out(cx: &mut Cx<Self>, verdict: Verdict) {
        for (key, delay) in verdict.retries {
            if delay.is_zero() {
                // Behind what waits: others are answered between two attempts.
                let due = <Self as Takes<Due>>::info(Due(key));
                cx.core().deliver(Item::own(due, Source::Sender));
            } else {
                cx.send_after(delay, Due(key));
            }
        }
        if verdict.gave_up {
            report::gave_up(cx.id());
            ledger::note_gave_up(&*cx.core());
        }
        if verdict.shut_down {
            cx.stop(ExitReason::Shutdown);
        }
    }
}

#[genserver(
    crate = crate,
    client = Tree,
    vis = pub(crate),
    mailbox = unbounded,
    call_timeout = infinity,
    shutdown = infinity,
    trap_exit
)]
impl Supervisor {
    #[init]
    pub(crate) async fn new(cx: &mut Cx<Self>, setup: Setup) -> Result<Self, SupervisorError> {
        setup.check()?;
        // Its home drops it with the runtime: nobody waits any more for a child to come again.
        cx.core().make_known();
        let (max, period) = setup.intensity;
        let intensity = Intensity::new(max, period)?;
        let plan = Plan::new(setup.strategy, setup.auto_shutdown, intensity, setup.backoff);
        let core = Arc::downgrade(&cx.core());
        let mut family = Family::new(plan, setup.auto_shutdown, setup.dynamic.is_some(), core);
        family.extra = setup.extra;
        for wanted in setup.children {
            let id = wanted.id.clone().unwrap_or_default();
            if let Err(refusal) = family.add(wanted, None).await {
                family.close().await;
                let reason = refusal.to_string().into();
                return Err(SupervisorError::Child { id, reason });
            }
        }
        Ok(Self { family, children_max: setup.dynamic.unwrap_or(usize::MAX) })
    }

    #[call]
    pub(crate) async fn start_child(&mut self, wanted: Wanted, first: Kept) -> Result<(), Refusal> {
        if self.family.children.len() >= self.children_max {
            return Err(Refusal::MaxChildren(self.children_max));
        }
        self.family.add(wanted, Some(first)).await
    }

    #[call]
    pub(crate) async fn terminate_child(&mut self, which: Which) -> Result<(), Refusal> {
        let key = self.find(&which).ok_or(Refusal::NotFound)?;
        self.family.terminate(key).await;
        Ok(())
    }

    #[call]
    pub(crate) async fn restart_child(
        &mut self,
        which: Which,
        first: Option<Kept>,
    ) -> Result<Option<ServerId>, Refusal> {
        let key = self.find(&which).ok_or(Refusal::NotFound)?;
        self.family.restart(key, first).await
    }

    #[call]
    pub(crate) fn delete_child(&mut self, which: Which) -> Result<(), Refusal> {
        let key = self.find(&which).ok_or(Refusal::NotFound)?;
        match self.family.children[&key].member.phase {
            Phase::Up => Err(Refusal::Running),
            Phase::Restarting => Err(Refusal::Restarting),
            Phase::Down => {
                self.family.forget(key);
                Ok(())
            }
        }
    }

    #[call]
    pub(crate) fn which_children(&self) -> Vec<ChildInfo> {
        self.family.children.values().rev().map(|child| ChildInfo::of(child)).collect()
    }

    #[call]
    pub(crate) fn count_children(&self) -> ChildCounts {
        ChildCounts::of(&self.family)
    }

    #[call]
    pub(crate) fn child(&self, which: Which) -> Option<ChildInfo> {
        self.known(&which).map(ChildInfo::of)
    }

    #[call]
    pub(crate) fn place(&self, which: Which, client: TypeId) -> Result<Arc<Spot>, Refusal> {
        let child = self.known(&which).ok_or(Refusal::NotFound)?;
        let same = child.traits().client == client;
        same.then(|| Arc::clone(&child.spot)).ok_or(Refusal::OtherType)
    }

    #[info]
    async fn on_ended(&mut self, cx: &mut Cx<Self>, ended: Ended) {
        let verdict = self.family.exited(ended.key, ended.id, &ended.reason).await;
        Self::carry_out(cx, verdict);
    }

    #[info]
    async fn on_due(&mut self, cx: &mut Cx<Self>, due: Due) {
        let verdict = self.family.due(due.0).await;
        Self::carry_out(cx, verdict);
    }

    #[info]
    fn on_exit(&mut self, cx: &mut Cx<Self>, exit: Exit) {
        report::unexpected(cx.id(), &exit);
    }

    #[terminate]
    async fn close(&mut self, _reason: &ExitReason) {
        self.family.close().await;
    }
}
