//! Where a server is found anew at each use: by its name, by its key, as a child of a supervisor.

use std::any::TypeId;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use crate::absence::Absence;
use crate::home::Home;
use crate::id::ServerId;
use crate::node::Node;
use crate::spot::Kin;

/// What a client can be made from without knowing its server's type.
#[doc(hidden)]
pub struct Place(pub(crate) Where);

pub(crate) enum Where {
    /// A name in a runtime; `None` is the runtime of each use.
    Name(Arc<str>, Option<Arc<Home>>),
    Key(Arc<dyn Locate>),
    /// With a hold that was counted already.
    Strong(Arc<dyn Node>),
    Weak(Weak<dyn Node>),
}

impl Place {
    pub(crate) fn name(name: Arc<str>) -> Self {
        Self(Where::Name(name, None))
    }

    pub(crate) fn key(key: Arc<dyn Locate>) -> Self {
        Self(Where::Key(key))
    }

    /// What finds the server anew at each use, where it is such a place.
    pub(crate) fn locate(self) -> Option<Arc<dyn Locate>> {
        match self.0 {
            Where::Key(place) => Some(place),
            Where::Name(..) | Where::Strong(_) | Where::Weak(_) => None,
        }
    }

    /// A place that keeps nothing alive.
    pub(crate) fn weak(node: &Arc<dyn Node>) -> Self {
        Self(Where::Weak(Arc::downgrade(node)))
    }

    /// A strong place, unless the server has ended or is about to.
    pub(crate) fn strong(node: Arc<dyn Node>) -> Option<Self> {
        node.retain_running().then(|| Self(Where::Strong(node)))
    }
}

/// Finds the present incarnation.
pub(crate) trait Locate: Send + Sync {
    fn locate(&self) -> Option<Arc<dyn Node>>;

    /// Why nobody is there, or only the one that was tried.
    fn absence(&self, tried: Option<ServerId>) -> Absence {
        let _ = tried;
        Absence::Gone
    }

    /// The child whose place it is.
    fn kin(&self) -> Option<Kin> {
        None
    }

    /// The name that is looked up, where it is one.
    fn name(&self) -> Option<Arc<str>> {
        None
    }

    /// The same name in another runtime; `None` for what is not looked up in one.
    fn in_home(&self, home: Arc<Home>) -> Option<Place> {
        let _ = home;
        None
    }
}

pub(crate) struct Named {
    kind: TypeId,
    name: Arc<str>,
    home: Option<Arc<Home>>,
    /// Who was found by it twice the first, to be read without a lock: most names never change hands.
    first: OnceLock<Weak<dyn Node>>,
    /// Who held it the last time.
    last: Mutex<Option<Weak<dyn Node>>>,
}

impl Named {
    pub(crate) fn new(kind: TypeId, name: Arc<str>, home: Option<Arc<Home>>) -> Self {
        Self { kind, name, home, first: OnceLock::new(), last: Mutex::new(None) }
    }

    /// Who held the name before, and still does.
    #[inline]
    fn same(&self) -> Option<Arc<dyn Node>> {
        let first = self.first.get().and_then(|first| self.still(first.upgrade()));
        first.or_else(|| self.same_again())
    }

    fn same_again(&self) -> Option<Arc<dyn Node>> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let node = last.as_ref()?.upgrade();
        drop(last);
        let node = self.still(node)?;
        self.first.get_or_init(|| Arc::downgrade(&node));
        Some(node)
    }

    /// A server that held the name, if it still does: as long as nothing was asked of it.
    #[inline]
    fn still(&self, node: Option<Arc<dyn Node>>) -> Option<Arc<dyn Node>> {
        node.filter(|node| {
            let here = match &self.home {
                Some(home) => Arc::ptr_eq(home, node.home()),
                None => node.home().is_entered(),
            };
            here && node.is_undisturbed()
        })
    }
}

impl Locate for Named {
    fn locate(&self) -> Option<Arc<dyn Node>> {
        if let Some(node) = self.same() {
            return Some(node);
        }
        let found = match &self.home {
            Some(home) => home.find(self.kind, &self.name),
            None => Home::current()?.find(self.kind, &self.name),
        };
        let last = found.as_ref().map(Arc::downgrade);
        let mut place = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let old = std::mem::replace(&mut *place, last);
        drop(place);
        drop(old);
        found
    }

    fn name(&self) -> Option<Arc<str>> {
        Some(Arc::clone(&self.name))
    }

    fn in_home(&self, home: Arc<Home>) -> Option<Place> {
        Some(Place(Where::Name(Arc::clone(&self.name), Some(home))))
    }
}
