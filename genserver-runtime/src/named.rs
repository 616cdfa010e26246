//! A server that is found by its name.

use std::any::TypeId;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use crate::address::downcast;
use crate::core::Core;
use crate::home::Home;
use crate::node::Node;
use crate::place::{Locate, Place, Where};
use crate::server::Server;

/// A name, and who was found by it. Compiled for each type of server, as few things are: a look-up that changes
/// nothing costs little more than what it would cost to reach it behind a `dyn`.
pub(crate) struct Named<S: Server> {
    name: Arc<str>,
    /// Where it is looked up; `None` is the runtime of each use.
    home: Option<Arc<Home>>,
    /// The first who was found by it twice, to be read without a lock: most names never change hands.
    first: OnceLock<Weak<Core<S>>>,
    /// Who held it the last time.
    last: Mutex<Option<Weak<Core<S>>>>,
}

impl<S: Server> Named<S> {
    pub(crate) fn new(name: Arc<str>, home: Option<Arc<Home>>) -> Self {
        Self { name, home, first: OnceLock::new(), last: Mutex::new(None) }
    }

    /// Who holds the name.
    #[inline]
    pub(crate) fn holder(&self) -> Option<Arc<Core<S>>> {
        match self.first.get().and_then(|first| self.still(first)) {
            None => self.same_again().or_else(|| self.look_up()),
            first => first,
        }
    }

    #[cold]
    fn same_again(&self) -> Option<Arc<Core<S>>> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let core = self.still(&last?)?;
        self.first.get_or_init(|| Arc::downgrade(&core));
        Some(core)
    }

    /// A server that held the name, if it still does: as long as nothing was asked of it.
    #[inline]
    fn still(&self, core: &Weak<Core<S>>) -> Option<Arc<Core<S>>> {
        core.upgrade().filter(|core| {
            let here = match &self.home {
                Some(home) => Arc::ptr_eq(home, &core.home),
                None => core.home.is_entered(),
            };
            here && core.is_undisturbed()
        })
    }

    fn look_up(&self) -> Option<Arc<Core<S>>> {
        let kind = TypeId::of::<S>();
        let found = match &self.home {
            Some(home) => home.find(kind, &self.name),
            None => Home::current()?.find(kind, &self.name),
        };
        let found = found
            .map(|node| downcast::<S>(node).expect("invariant: names are scoped by server type"));
        let last = found.as_ref().map(Arc::downgrade);
        let mut place = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let old = std::mem::replace(&mut *place, last);
        drop(place);
        drop(old);
        found
    }
}

impl<S: Server> Locate for Named<S> {
    fn locate(&self) -> Option<Arc<dyn Node>> {
        self.holder().map(|core| core as Arc<dyn Node>)
    }

    fn name(&self) -> Option<Arc<str>> {
        Some(Arc::clone(&self.name))
    }

    fn in_home(&self, home: Arc<Home>) -> Option<Place> {
        Some(Place(Where::Name(Arc::clone(&self.name), Some(home))))
    }
}
