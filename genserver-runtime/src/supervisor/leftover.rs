//! Whoever still has the name of a child that is to start, and is about to go.
//!
//! A supervisor that was killed has told its children to end, and did not wait for that. Its successor
//! may be there before their names are free. To fail then, and to try again at once, would cost a whole
//! branch its restarts in no time, and those above it theirs.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use crate::client::Client;
use crate::clock;
use crate::id::ServerId;
use crate::node::Node;
use crate::options::Shutdown;
use crate::spot::Spot;

/// How long is waited for who has no time of its own.
const PATIENCE: Duration = Duration::from_secs(5);

/// Waits until who has the name is gone, where its end was asked for; `false` where it is not about to
/// go, or takes longer than a child like the one that wants the name may take to end.
pub(crate) async fn outlast<C: Client>(holder: &C, spot: &Spot) -> bool {
    let Some(node) = holder.__address().node() else { return true };
    if !is_doomed(node, &lineage(spot)) {
        return false;
    }
    let limit = match spot.shutdown() {
        // Once for its running handler, and once for its `terminate`.
        Shutdown::After(limit) => limit.saturating_mul(2),
        Shutdown::Kill | Shutdown::Infinity => PATIENCE,
    };
    clock::timeout_at(clock::after(limit), holder.monitor()).await.is_ok()
}

/// The supervisor of this child, and those above it: they wait for this start.
fn lineage(spot: &Spot) -> HashSet<ServerId> {
    let mut above = HashSet::new();
    let mut supervisor = spot.fixed().supervisor.upgrade();
    while let Some(core) = supervisor {
        above.insert(core.id);
        supervisor = core.kin().and_then(|kin| kin.supervisor.upgrade());
    }
    above
}

/// Whether its end was asked for, or that of a supervisor above it that waits for nobody here.
fn is_doomed(mut node: Arc<dyn Node>, waiting: &HashSet<ServerId>) -> bool {
    loop {
        if waiting.contains(&node.id()) {
            return false;
        }
        if node.end_asked() {
            return true;
        }
        let Some(kin) = node.kin() else { return false };
        match kin.supervisor.upgrade() {
            Some(supervisor) => node = supervisor,
            None => return true,
        }
    }
}
