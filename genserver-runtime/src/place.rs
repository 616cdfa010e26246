//! Where a server is found anew at each use: by its name, by its key, as a child of a supervisor.

use std::sync::{Arc, Weak};

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
