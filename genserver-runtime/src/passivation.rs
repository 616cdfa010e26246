//! The end of a server that nobody used for long.

use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard};

use crate::core::Core;
use crate::drain;
use crate::ending::Ending;
use crate::exit::ExitReason;
use crate::inbox::{Inbox, Life, Mode};
use crate::server::Server;

/// Ends a server that nobody uses, under the very lock under which that was seen: a message that comes
/// later finds its name or key free.
pub(crate) fn passivate<S: Server>(core: &Arc<Core<S>>, mut inbox: MutexGuard<'_, Inbox<S>>) {
    let Some(mut body) = inbox.body.take() else { return };
    for claim in std::mem::take(&mut inbox.cold().claims) {
        // The locks of names and registries are taken under this one, never the other way round.
        claim.release();
    }
    inbox.life = Life::Ending;
    inbox.mode = Mode::default();
    body.cx.ending = Some(Box::new(Ending::new(ExitReason::Normal)));
    core.attention.store(true, Ordering::Release);
    if inbox.parked {
        inbox.body = Some(body);
        Core::wake_drain(inbox);
    } else {
        drop(inbox);
        drain::spawn(core, body);
    }
    core.home.forget(core.id);
}
