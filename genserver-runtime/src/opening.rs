//! Between claim and first message: a half-made server, and how it opens.

use std::any::TypeId;
use std::collections::VecDeque;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use crate::body::Body;
use crate::context::Cx;
use crate::core::Core;
use crate::ending::Left;
use crate::exit::ExitReason;
use crate::home::Home;
use crate::id::ServerId;
use crate::inbox::{Claim, Life};
use crate::init::Init;
use crate::machine;
use crate::server::{Begin, Server};
use crate::turn::Payload;

/// A server whose `init` has not returned. Dropped, it never was: its name is free again, and who
/// sent it something already is told.
pub(crate) struct Half<S: Server>(Option<Arc<Core<S>>>);

impl<S: Server> Half<S> {
    pub(crate) fn new(core: Arc<Core<S>>) -> Self {
        Self(Some(core))
    }

    pub(crate) fn take(&mut self) -> Self {
        Self(self.0.take())
    }

    pub(crate) fn done(mut self) -> Arc<Core<S>> {
        self.0.take().expect("invariant: a half is done once")
    }
}

impl<S: Server> Drop for Half<S> {
    fn drop(&mut self) {
        if let Some(core) = self.0.take() {
            Left::close(&core, ExitReason::NotRunning, VecDeque::new(), 0).refuse(&core);
        }
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
    fn release(self: Box<Self>) -> Option<Box<dyn Send>> {
        None
    }

    fn holds(&self) -> bool {
        false
    }
}

impl Claim for NameClaim {
    fn release(self: Box<Self>) -> Option<Box<dyn Send>> {
        let released = self.home.release(self.kind, &self.name, self.id)?;
        Some(Box::new(released))
    }
}
