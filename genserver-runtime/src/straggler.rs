//! Servers that did not stop when they should have.

use std::fmt;
use std::sync::Arc;

use crate::clock::Human;
use crate::id::ServerId;
use crate::node::{Node, call_name};
use crate::status::Activity;

/// A server that did not stop in its time: see [`Stopped`](crate::Stopped).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Straggler {
    /// Its place below the root: the ids of the children that lead to it, as in `web/session 7`; of a
    /// child without one, its type with its name or identity. Empty for the root.
    pub path: String,
    /// Its type, without path and generics.
    pub server: &'static str,
    /// The name that it was started under.
    pub name: Option<String>,
    /// Its identity.
    pub id: ServerId,
    /// What it did when its time was over.
    pub activity: Activity,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a server that did not stop in its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Fate {
    /// It was asked to stop and still ran when the application's time was over. It was killed then,
    /// which takes effect at its next `.await`, and was not waited for any more.
    Running,
    /// It was asked to stop, and killed by its supervisor when its own time was over.
    Killed,
    /// It was not asked to stop when the application's time was over: others come before it in the
    /// order, and did not stop. It was killed then.
    NotAsked,
}

impl Straggler {
    /// What a server does now, seen as one that is late.
    pub(crate) fn of(node: &Arc<dyn Node>, fate: Fate) -> Self {
        // One that has just ended did so in its `terminate`: it takes no messages any more before.
        let activity = node.status().map_or(Activity::Ending, |status| status.activity);
        Self {
            path: path(node),
            server: node.kind(),
            name: node.name().map(|name| name.to_string()),
            id: node.id(),
            activity,
            fate,
        }
    }
}

fn path(node: &Arc<dyn Node>) -> String {
    let mut names = Vec::new();
    let mut at = Arc::clone(node);
    while let Some(kin) = at.kin()
        && let Some(supervisor) = kin.supervisor.upgrade()
    {
        names.push(kin.id.map_or_else(|| call_name(&*at), |id| id.to_string()));
        at = supervisor;
    }
    names.reverse();
    names.join("/")
}

/// That of a server that has not ended.
fn fate(node: &Arc<dyn Node>) -> Fate {
    if node.end_asked() { Fate::Running } else { Fate::NotAsked }
}

/// The servers at and below a root that have not ended, each with what it does now.
///
/// Without supervisors that do nothing but wait for one of the others.
#[cfg(feature = "introspection")]
pub(crate) fn left(root: &Arc<dyn Node>) -> Vec<(Arc<dyn Node>, Straggler)> {
    use std::collections::{HashMap, HashSet};

    let nodes = crate::home::all().into_iter().flat_map(|home| home.roster().nodes());
    let nodes: HashMap<ServerId, _> = nodes
        .filter_map(|node| {
            let above = node.status()?.parent;
            Some((node.id(), (node, above)))
        })
        .collect();
    let is_below = |mut id: ServerId| loop {
        match nodes.get(&id) {
            Some(_) if id == root.id() => return true,
            Some((_, Some(above))) => id = *above,
            _ => return false,
        }
    };
    let left: Vec<_> = nodes.values().filter(|(node, _)| is_below(node.id())).collect();
    let waited_for: HashSet<ServerId> = left.iter().filter_map(|(_, above)| *above).collect();
    let mut left: Vec<_> = left
        .iter()
        .map(|(node, _)| (Arc::clone(node), Straggler::of(node, fate(node))))
        .filter(|(node, straggler)| {
            let waits = straggler.activity == Activity::Ending || straggler.fate == Fate::NotAsked;
            !(waits && waited_for.contains(&node.id()))
        })
        .collect();
    left.sort_by_key(|(_, straggler)| (straggler.fate, straggler.id));
    left
}

/// The root: without a list of live servers nothing else is known.
#[cfg(not(feature = "introspection"))]
pub(crate) fn left(root: &Arc<dyn Node>) -> Vec<(Arc<dyn Node>, Straggler)> {
    vec![(Arc::clone(root), Straggler::of(root, fate(root)))]
}

impl fmt::Display for Straggler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.path.is_empty() { "the root" } else { &self.path })?;
        match &self.name {
            Some(name) => write!(f, " ({} {name:?}): ", self.server)?,
            None => write!(f, " ({} {}): ", self.server, self.id)?,
        }
        match (self.fate, self.activity) {
            (Fate::Running, Activity::Handling { handler, since }) => {
                write!(f, "`{handler}` has been running for {}", Human(since))
            }
            (Fate::Running, Activity::Ending) => f.write_str("`terminate` has not returned"),
            (Fate::Running, _) => f.write_str("it has not stopped"),
            (Fate::Killed, Activity::Handling { handler, since }) => {
                write!(f, "killed; `{handler}` had been running for {}", Human(since))
            }
            (Fate::Killed, Activity::Ending) => f.write_str("killed in `terminate`"),
            (Fate::Killed, _) => f.write_str("killed"),
            (Fate::NotAsked, _) => f.write_str("not asked to stop: its turn did not come"),
        }
    }
}
