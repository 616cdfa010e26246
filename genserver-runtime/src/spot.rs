//! The place of a child: where its clients find the present incarnation, and wait for the next.

use std::future::{Future as _, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Poll;

use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;

use crate::absence::Absence;
use crate::core::Core;
use crate::exit::ExitReason;
use crate::id::ServerId;
use crate::node::Node;
use crate::options::Shutdown;
use crate::place::Locate;
use crate::supervisor::child::Fixed;
use crate::supervisor::plan::Key;
use crate::supervisor::spec::WhileRestarting;
use crate::supervisor::tree::Supervisor;

pub(crate) struct Spot {
    standing: Mutex<Standing>,
    key: Key,
    fixed: Arc<Fixed>,
    restarts: AtomicU32,
}

/// A child, as its supervisor knows it.
#[doc(hidden)]
#[derive(Clone)]
pub struct Kin {
    pub(crate) supervisor: Weak<Core<Supervisor>>,
    pub(crate) key: Key,
    pub(crate) id: Option<Arc<str>>,
}

struct Standing {
    stage: Stage,
    /// What few children have, and those not for long.
    rare: Option<Box<Rare>>,
}

#[derive(Default)]
struct Rare {
    /// For those who wait; made when the first one does.
    changed: Option<Arc<Notify>>,
    /// The end of the last incarnation, until the supervisor has seen to it.
    fallen: Option<(ServerId, ExitReason)>,
}

/// In two words: there is one for each child.
enum Stage {
    Up(Arc<dyn Node>),
    Away(Away),
}

#[derive(Clone, Copy)]
enum Away {
    /// It has ended, and will be started again.
    Restarting,
    /// Nobody is there, and nobody comes by itself.
    Gone,
}

impl Spot {
    pub(crate) fn new(key: Key, fixed: Arc<Fixed>) -> Arc<Self> {
        let standing = Mutex::new(Standing { stage: Stage::Away(Away::Gone), rare: None });
        Arc::new(Self { standing, key, fixed, restarts: AtomicU32::new(0) })
    }

    /// What is fixed about the child.
    pub(crate) fn fixed(&self) -> &Fixed {
        &self.fixed
    }

    fn lock(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn become_stage(&self, stage: Stage) {
        Self::change(self.lock(), stage);
    }

    fn change(mut standing: MutexGuard<'_, Standing>, stage: Stage) {
        let changed = standing.rare.as_mut().and_then(|rare| rare.changed.take());
        let before = std::mem::replace(&mut standing.stage, stage);
        drop(standing);
        if let Some(changed) = changed {
            changed.notify_waiters();
        }
        // The last hold on a server may be this one, and runs the user's `Drop`.
        drop(before);
    }

    /// A new incarnation is there.
    pub(crate) fn rise(&self, node: Arc<dyn Node>) {
        self.become_stage(Stage::Up(node));
    }

    /// The next incarnation is on its way.
    pub(crate) fn wait(&self) {
        self.become_stage(Stage::Away(Away::Restarting));
    }

    /// Nobody comes by itself.
    pub(crate) fn leave(&self) {
        self.become_stage(Stage::Away(Away::Gone));
    }

    /// Takes the incarnation out to stop it; who calls meanwhile waits for the next one.
    pub(crate) fn take(&self) -> Option<Arc<dyn Node>> {
        let mut standing = self.lock();
        if !matches!(standing.stage, Stage::Up(_)) {
            return None;
        }
        match std::mem::replace(&mut standing.stage, Stage::Away(Away::Restarting)) {
            Stage::Up(node) => Some(node),
            Stage::Away(_) => None,
        }
    }

    /// How this incarnation has ended by itself, where it has; told once.
    pub(crate) fn take_fallen(&self, id: ServerId) -> Option<ExitReason> {
        let mut standing = self.lock();
        let rare = standing.rare.as_mut()?;
        let fallen = rare.fallen.take_if(|fallen| fallen.0 == id)?;
        if rare.changed.is_none() {
            standing.rare = None;
        }
        Some(fallen.1)
    }

    /// The incarnation that is there, also where it ends just now.
    pub(crate) fn node(&self) -> Option<Arc<dyn Node>> {
        match &self.lock().stage {
            Stage::Up(node) => Some(Arc::clone(node)),
            Stage::Away(_) => None,
        }
    }

    /// How long it may take to end.
    pub(crate) fn shutdown(&self) -> Shutdown {
        self.fixed.traits.shutdown
    }

    pub(crate) fn count_restart(&self) {
        self.restarts.fetch_add(1, Ordering::Relaxed);
    }

    /// How often it was started again.
    pub(crate) fn restarts(&self) -> u32 {
        self.restarts.load(Ordering::Relaxed)
    }

    /// Which child of which supervisor it is.
    pub(crate) fn kin(&self) -> Kin {
        Kin {
            supervisor: Weak::clone(&self.fixed.supervisor),
            key: self.key,
            id: self.fixed.id.clone(),
        }
    }

    /// The server to which this child belongs.
    pub(crate) fn supervisor_id(&self) -> Option<ServerId> {
        self.fixed.supervisor.upgrade().map(|supervisor| supervisor.id)
    }

    /// Leaves the spot, where this incarnation is still there: looked at and left under one lock, as
    /// the supervisor may find that it has ended, and put the next one there, at any time.
    fn fall(&self, id: ServerId, reason: &ExitReason) {
        let mut standing = self.lock();
        if !matches!(&standing.stage, Stage::Up(node) if node.id() == id) {
            return;
        }
        standing.rare.get_or_insert_default().fallen = Some((id, reason.clone()));
        let supervised = self.fixed.supervisor.strong_count() > 0;
        let comes_again = supervised && self.fixed.traits.restart.applies(reason);
        let away = if comes_again { Away::Restarting } else { Away::Gone };
        Self::change(standing, Stage::Away(away));
    }

    /// The child has ended. Called before anybody else learns of it, so that whoever hears of the
    /// end and calls again waits for the next incarnation.
    pub(crate) fn ended(&self, id: ServerId, reason: &ExitReason) {
        self.fall(id, reason);
        if let Some(supervisor) = self.fixed.supervisor.upgrade() {
            Supervisor::child_ended(&supervisor, self.key, id, reason.clone());
        }
    }
}

impl Locate for Spot {
    fn locate(&self) -> Option<Arc<dyn Node>> {
        self.node()
    }

    fn kin(&self) -> Option<Kin> {
        Some(Self::kin(self))
    }

    fn absence(&self, tried: Option<ServerId>) -> Absence {
        let mut standing = self.lock();
        match &standing.stage {
            Stage::Away(Away::Gone) => return Absence::Gone,
            Stage::Up(node) if node.home().is_gone() => return Absence::Gone,
            // The next incarnation came in between.
            Stage::Up(node) if tried != Some(node.id()) => {
                return Absence::Wait(Box::pin(std::future::ready(())));
            }
            // It ends just now.
            Stage::Up(_) | Stage::Away(Away::Restarting) => {}
        }
        if self.fixed.traits.waits == WhileRestarting::Refuse {
            return Absence::Restarting;
        }
        // What is notified from here on is not missed, whenever it is polled first.
        let told = self.fixed.halt.told();
        if self.fixed.halt.concerns_caller() {
            return Absence::Restarting;
        }
        let changed =
            Arc::clone(standing.rare.get_or_insert_default().changed.get_or_insert_default());
        Absence::Wait(Box::pin(either(changed.notified_owned(), told)))
    }
}

/// Done when one of them is.
async fn either(changed: OwnedNotified, told: OwnedNotified) {
    let (mut changed, mut told) = (pin!(changed), pin!(told));
    poll_fn(|cx| match changed.as_mut().poll(cx) {
        Poll::Ready(()) => Poll::Ready(()),
        Poll::Pending => told.as_mut().poll(cx),
    })
    .await;
}
