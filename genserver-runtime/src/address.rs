//! How a client reaches its server: directly, without keeping it alive, or by a name or key that
//! is resolved at each use.

use std::any::Any;
use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::runtime::Handle;

use crate::absence::Absence;
use crate::clock::Instant;
use crate::core::Core;
use crate::end::End;
use crate::error::SendError;
use crate::home::Home;
use crate::id::ServerId;
use crate::named::Named;
use crate::node::Node;
use crate::place::{Locate, Place, Where};
use crate::server::Server;
use crate::spot::Kin;
use crate::timer::{self, Timer};

/// A hold on a server: it lives while there is one.
pub(crate) struct Strong<S: Server>(Arc<Core<S>>);

impl<S: Server> Strong<S> {
    /// Takes over a hold that was counted already.
    pub(crate) fn adopt(core: Arc<Core<S>>) -> Self {
        Self(core)
    }

    pub(crate) fn new(core: Arc<Core<S>>) -> Option<Self> {
        core.retain().then_some(Self(core))
    }

    /// A hold for the server itself, also when it had none any more.
    pub(crate) fn revive(core: Arc<Core<S>>) -> Self {
        core.holders.fetch_add(1, Ordering::AcqRel);
        Self(core)
    }
}

impl<S: Server> Clone for Strong<S> {
    fn clone(&self) -> Self {
        Self::revive(Arc::clone(&self.0))
    }
}

impl<S: Server> Drop for Strong<S> {
    fn drop(&mut self) {
        Core::let_go(&self.0);
    }
}

/// Where a server is to be found.
#[doc(hidden)]
pub struct Address<S: Server>(At<S>);

enum At<S: Server> {
    Strong(Strong<S>),
    Weak(Weak<Core<S>>),
    /// Apart from other places, so that its last holder is checked without dynamic dispatch. A client without its
    /// server's type, or made from one, has it as a place like others.
    Named(Arc<Named<S>>),
    Place(Arc<dyn Locate>),
}

impl<S: Server> Clone for Address<S> {
    fn clone(&self) -> Self {
        Self(match &self.0 {
            At::Strong(strong) => At::Strong(strong.clone()),
            At::Weak(weak) => At::Weak(Weak::clone(weak)),
            At::Named(named) => At::Named(Arc::clone(named)),
            At::Place(place) => At::Place(Arc::clone(place)),
        })
    }
}

impl<S: Server> fmt::Debug for Address<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.0 {
            At::Strong(_) => "strong",
            At::Weak(_) => "weak",
            At::Named(_) | At::Place(_) => "named",
        };
        let id = self.with(|core| core.id.as_u64());
        f.debug_struct(S::NAME).field("address", &kind).field("id", &id).finish()
    }
}

impl<S: Server> Address<S> {
    /// An address of this server type.
    pub fn at(place: Place) -> Self {
        Self(match place.0 {
            Where::Name(name, home) => At::Named(Arc::new(Named::new(name, home))),
            Where::Key(key) => At::Place(key),
            Where::Strong(node) => {
                let core = downcast::<S>(node).expect("invariant: one type of server a client");
                At::Strong(Strong::adopt(core))
            }
            Where::Weak(node) => match node.upgrade().and_then(downcast::<S>) {
                Some(core) => At::Weak(Arc::downgrade(&core)),
                None => At::Weak(Weak::new()),
            },
        })
    }

    pub(crate) fn strong(strong: Strong<S>) -> Self {
        Self(At::Strong(strong))
    }

    pub(crate) fn weak(core: Weak<Core<S>>) -> Self {
        Self(At::Weak(core))
    }

    /// An address of the server that holds a name; strong, unless it is about to end.
    pub(crate) fn held_by(holder: Arc<dyn Node>) -> Self {
        let core = downcast::<S>(holder).expect("invariant: names are scoped by server type");
        match Strong::new(Arc::clone(&core)) {
            Some(strong) => Self::strong(strong),
            None => Self::weak(Arc::downgrade(&core)),
        }
    }

    /// The server that is held, which needs not be looked for.
    #[inline]
    pub(crate) fn direct(&self) -> Option<&Arc<Core<S>>> {
        match &self.0 {
            At::Strong(strong) => Some(&strong.0),
            At::Weak(_) | At::Named(_) | At::Place(_) => None,
        }
    }

    /// Lends the server, wherever it is now.
    #[inline]
    pub(crate) fn with<R>(&self, f: impl FnOnce(&Arc<Core<S>>) -> R) -> Option<R> {
        match &self.0 {
            At::Strong(strong) => Some(f(&strong.0)),
            At::Weak(weak) => weak.upgrade().map(|core| f(&core)),
            At::Named(named) => named.holder().map(|core| f(&core)),
            At::Place(place) => place.locate().and_then(downcast::<S>).map(|core| f(&core)),
        }
    }

    /// As [`with`](Self::with), for a loop that looks for a server that takes its message: `None`
    /// also where it was this incarnation that refused the last time.
    #[inline]
    pub(crate) fn with_next<R>(
        &self,
        tried: &mut Option<ServerId>,
        f: impl FnOnce(&Arc<Core<S>>) -> R,
    ) -> Option<R> {
        let next = |core: &Arc<Core<S>>| (tried.replace(core.id) != Some(core.id)).then(|| f(core));
        self.with(next).flatten()
    }

    /// The server for such a loop, held meanwhile.
    #[inline]
    pub(crate) fn next(&self, tried: &mut Option<ServerId>) -> Option<Arc<Core<S>>> {
        let core = match &self.0 {
            At::Strong(strong) => Arc::clone(&strong.0),
            At::Weak(weak) => weak.upgrade()?,
            At::Named(named) => named.holder()?,
            At::Place(place) => place.locate().and_then(downcast::<S>)?,
        };
        (tried.replace(core.id) != Some(core.id)).then_some(core)
    }

    fn held(strong: &Strong<S>) -> Arc<dyn Node> {
        strong.0.holders.fetch_add(1, Ordering::AcqRel);
        Arc::clone(&strong.0) as Arc<dyn Node>
    }

    /// Why nobody is there, or only the one that was tried.
    pub(crate) fn absence(&self, tried: Option<ServerId>) -> Absence {
        match &self.0 {
            At::Place(place) => place.absence(tried),
            At::Strong(_) | At::Weak(_) | At::Named(_) => Absence::Gone,
        }
    }

    /// Whether another try may reach another server.
    pub(crate) fn moves(&self) -> bool {
        matches!(self.0, At::Named(_) | At::Place(_))
    }

    /// What finds the server anew at each use.
    fn locator(&self) -> Option<Arc<dyn Locate>> {
        match &self.0 {
            At::Named(named) => Some(Arc::clone(named) as Arc<dyn Locate>),
            At::Place(place) => Some(Arc::clone(place)),
            At::Strong(_) | At::Weak(_) => None,
        }
    }
}

pub(crate) fn downcast<S: Server>(node: Arc<dyn Node>) -> Option<Arc<Core<S>>> {
    let any: Arc<dyn Any + Send + Sync> = node;
    any.downcast::<Core<S>>().ok()
}

/// An address without its server's type.
#[doc(hidden)]
pub trait AnyAddress: Send + Sync {
    #[doc(hidden)]
    fn find(&self) -> Option<Found>;

    #[doc(hidden)]
    fn share(&self) -> Place;

    /// The same, keeping nothing alive.
    #[doc(hidden)]
    fn weak(&self) -> Place;

    /// The same, looked up in another runtime.
    #[doc(hidden)]
    fn on(&self, handle: &Handle) -> Place;

    /// The child of a supervisor that it leads to.
    #[doc(hidden)]
    fn kin(&self) -> Option<Kin>;

    #[doc(hidden)]
    fn end_at(&self, at: Instant, end: End) -> Result<Timer, SendError>;

    /// How long its calls may take, unless they say otherwise.
    #[doc(hidden)]
    fn call_timeout(&self) -> Option<Duration>;

    /// The type of the server.
    #[doc(hidden)]
    fn kind(&self) -> &'static str;

    /// The name that is looked up.
    #[doc(hidden)]
    fn name(&self) -> Option<Arc<str>>;
}

/// A server that was found.
#[doc(hidden)]
pub struct Found(Arc<dyn Node>);

impl<S: Server> AnyAddress for Address<S> {
    fn find(&self) -> Option<Found> {
        self.with(|core| Found(Arc::clone(core) as Arc<dyn Node>))
    }

    fn share(&self) -> Place {
        Place(match &self.0 {
            // A hold for the address that will be made from this place.
            At::Strong(strong) => Where::Strong(Self::held(strong)),
            At::Weak(weak) => Where::Weak(Weak::clone(weak) as Weak<dyn Node>),
            At::Named(named) => Where::Key(Arc::clone(named) as Arc<dyn Locate>),
            At::Place(place) => Where::Key(Arc::clone(place)),
        })
    }

    fn weak(&self) -> Place {
        match &self.0 {
            At::Strong(strong) => Place(Where::Weak(Arc::downgrade(&strong.0) as Weak<dyn Node>)),
            // What is found by name or key is not held by who looks for it.
            At::Weak(_) | At::Named(_) | At::Place(_) => self.share(),
        }
    }

    fn on(&self, handle: &Handle) -> Place {
        let there = self.locator().and_then(|place| place.in_home(Home::of(handle)?));
        there.unwrap_or_else(|| self.share())
    }

    fn kin(&self) -> Option<Kin> {
        match self.locator() {
            Some(place) => place.kin().or_else(|| place.locate()?.kin()),
            None => self.with(|core| core.kin()).flatten(),
        }
    }

    fn end_at(&self, at: Instant, end: End) -> Result<Timer, SendError> {
        if let Some(place) = self.locator() {
            let what = end.what();
            let fire = Box::new(move |_| {
                if let Some(node) = place.locate() {
                    end.come(node);
                }
            });
            return timer::arm_loose(at, what, fire).ok_or(SendError::NotRunning);
        }
        let node = self.find().map(|found| found.0).filter(|node| node.is_running());
        node.map(|node| node.end_at(at, end)).ok_or(SendError::NotRunning)
    }

    fn call_timeout(&self) -> Option<Duration> {
        S::OPTIONS.call_timeout
    }

    fn kind(&self) -> &'static str {
        S::NAME
    }

    fn name(&self) -> Option<Arc<str>> {
        self.locator()?.name()
    }
}

impl dyn AnyAddress + '_ {
    pub(crate) fn node(&self) -> Option<Arc<dyn Node>> {
        self.find().map(|found| found.0)
    }
}
