//! The end of a server that nobody used for long.

use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard};

use crate::core::Core;
use crate::drain;
use crate::ending::Ending;
use crate::exit::ExitReason;
use crate::inbox::{Claim, Inbox, Life, Mode};
use crate::server::Server;

/// Ends a server that nobody uses, under the very lock under which that was seen: a message that comes
/// later finds its name or key free.
///
/// `false` where somebody has taken a hold on it just now.
pub(crate) fn passivate<S: Server>(
    core: &Arc<Core<S>>,
    mut inbox: MutexGuard<'_, Inbox<S>>,
) -> bool {
    let held = u32::try_from(inbox.cold().claims_held()).unwrap_or(u32::MAX);
    // Whoever finds it before its name is free takes no hold on it any more.
    let unused = core.holders.compare_exchange(held, 0, Ordering::AcqRel, Ordering::Acquire);
    let Some(mut body) = unused.ok().and_then(|_| inbox.body.take()) else {
        return false;
    };
    // Before its name is free: see `Core::is_undisturbed`.
    core.attention.store(true, Ordering::Release);
    // The locks of names and registries are taken under this one, never the other way round.
    let claims = std::mem::take(&mut inbox.cold().claims);
    let tails: Vec<_> = claims.iter().filter_map(|claim| claim.tail()).collect();
    inbox.cold().tails.extend(tails);
    let released: Vec<_> =
        claims.into_iter().map(|claim: Arc<dyn Claim>| claim.release()).collect();
    inbox.life = Life::Ending;
    inbox.mode = Mode::default();
    body.cx.end(Ending::new(ExitReason::Normal));
    if inbox.parked {
        inbox.body = Some(body);
        Core::wake_drain(inbox);
    } else {
        drop(inbox);
        drain::spawn(core, body);
    }
    core.home.forget(core.id);
    drop(released);
    true
}
