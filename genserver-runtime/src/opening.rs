//! Between claim and first message: a half-made server, and how it opens.

use std::any::TypeId;
use std::collections::VecDeque;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};

use crate::address::Address;
use crate::body::Body;
use crate::context::Cx;
use crate::core::Core;
use crate::ending::Left;
use crate::exit::ExitReason;
use crate::home::Home;
use crate::id::ServerId;
use crate::inbox::{Claim, Life};
use crate::init::Init;
use crate::last::finish_half;
use crate::machine;
use crate::node::Node;
use crate::registry::entry::KeyClaim;
use crate::server::{Begin, Server};
use crate::slot::{self, Answerable};
use crate::turn::Payload;

/// A server whose `init` has not returned. Dropped, it never was: its name is free again, and who
/// sent it something already is told.
pub(crate) struct Half<S: Server>(Option<Arc<Core<S>>>, Option<ExitReason>);

impl<S: Server> Half<S> {
    pub(crate) fn new(core: Arc<Core<S>>) -> Self {
        Self(Some(core), None)
    }

    pub(crate) fn take(&mut self) -> Self {
        Self(self.0.take(), self.1.take())
    }

    /// `init` has failed, for a reason that is told to those with ties to the server.
    pub(crate) fn fail(mut self, reason: ExitReason) {
        self.1 = Some(reason);
    }

    pub(crate) fn done(mut self) -> Arc<Core<S>> {
        self.0.take().expect("invariant: a half is done once")
    }
}

impl<S: Server> Drop for Half<S> {
    fn drop(&mut self) {
        if let Some(core) = self.0.take() {
            let left = Left::close(&core, ExitReason::NotRunning, VecDeque::new(), 0);
            // Given up before `init` came to its end, it was killed: whoever gave it up knows.
            let gone =
                if core.home.is_gone() { ExitReason::NotRunning } else { ExitReason::Killed };
            finish_half(&core, self.1.as_ref().unwrap_or(&gone), self.1.as_ref());
            left.refuse(&core);
        }
    }
}

/// Claims name and key; the server that holds one otherwise.
pub(crate) fn claim<S: Server>(
    core: &Arc<Core<S>>,
    name: Option<&Arc<str>>,
    key: Option<Box<dyn KeyClaim>>,
) -> Result<(), Address<S>> {
    let node = Arc::clone(core) as Arc<dyn Node>;
    let mut claims: Vec<Arc<dyn Claim>> = Vec::new();
    let mut taken = None;
    if let Some(name) = name {
        match core.home.claim(TypeId::of::<S>(), name, &node) {
            Ok(()) => {
                core.holders.fetch_add(1, Ordering::AcqRel);
                claims.push(Arc::new(NameClaim::new(core, name)));
            }
            Err(holder) => taken = Some(holder),
        }
    }
    if let (Some(key), None) = (key, &taken) {
        // Counted before anybody can find it there, and take the hold from it.
        core.holders.fetch_add(1, Ordering::AcqRel);
        match key.claim(&node) {
            Ok(claim) => {
                core.home.remember(&node);
                claims.push(claim);
            }
            Err(holder) => {
                core.holders.fetch_sub(1, Ordering::AcqRel);
                taken = Some(holder);
            }
        }
    }
    if !claims.is_empty() {
        let mut inbox = core.lock();
        let cold = inbox.cold();
        // Somebody may have found it by its name, and tied something to it.
        cold.claims.extend(claims);
        cold.name = name.cloned();
    }
    match taken {
        None => Ok(()),
        Some(holder) => Err(Address::held_by(holder)),
    }
}

/// What `init` came to.
pub(crate) type Began<S, E> = Result<Init<(S, <S as Server>::State), E>, Payload>;

/// Runs an `init` that never waits.
pub(crate) fn begin_fn<S: Begin<A, E>, A, E>(context: &mut Cx<S>, args: A) -> Began<S, E> {
    let began = catch_unwind(AssertUnwindSafe(|| {
        pin!(S::begin(context, args)).poll(&mut Context::from_waker(Waker::noop()))
    }));
    began.map(|polled| match polled {
        Poll::Ready(init) => init,
        Poll::Pending => unreachable!("invariant: a `fn` init never waits"),
    })
}

/// The server begins to take messages; those sent while it began come first.
pub(crate) fn open<S: Server>(core: &Arc<Core<S>>, server: S, state: S::State, cx: Cx<S>) {
    let mut body = Box::new(Body { server, state: Some(state), cx });
    machine::begin(&mut body);
    core.lock().life = Life::Running;
    core.leave(body);
    core.open_ticks();
}

/// A name that a server holds.
pub(crate) struct NameClaim {
    home: Arc<Home>,
    kind: TypeId,
    name: Arc<str>,
    id: ServerId,
}

impl NameClaim {
    pub(crate) fn new<S: Server>(core: &Core<S>, name: &Arc<str>) -> Self {
        Self {
            home: Arc::clone(&core.home),
            kind: TypeId::of::<S>(),
            name: Arc::clone(name),
            id: core.id,
        }
    }
}

/// That the home knows the server: it forgets a server that gives its claims back.
pub(crate) struct Remembered;

impl Claim for Remembered {
    fn release(self: Arc<Self>) -> Option<Box<dyn Send>> {
        None
    }

    fn holds(&self) -> bool {
        false
    }
}

impl<S: Server> Core<S> {
    /// Somebody waits for a reply that the state may hold: the runtime's end must find the server.
    pub(crate) fn remember(self: &Arc<Self>, owed: &Arc<dyn Answerable>) {
        {
            let mut inbox = self.lock();
            let deferred = &mut inbox.cold().deferred;
            slot::note_deferred(deferred, owed);
        }
        self.make_known();
    }

    /// Somebody waits for what only the server can tell: the runtime's end must find it.
    pub(crate) fn make_known(self: &Arc<Self>) {
        if !self.home.remember(&(Arc::clone(self) as Arc<dyn Node>)) {
            return;
        }
        let mut inbox = self.lock();
        if inbox.life == Life::Ended {
            drop(inbox);
            self.home.forget(self.id);
        } else {
            inbox.cold().claims.push(Arc::new(Remembered));
        }
    }
}

impl Claim for NameClaim {
    fn release(self: Arc<Self>) -> Option<Box<dyn Send>> {
        let released = self.home.release(self.kind, &self.name, self.id)?;
        Some(Box::new(released))
    }
}
