//! What follows when a machine has moved: `#[exit]`, `#[enter]`, `#[transition]` and state time-outs;
//! in this order, and before the reply.

use crate::body::Body;
use crate::ending::Ending;
use crate::server::Server;

/// Does what follows from a transition that was carried out: the last thing that a handler does which
/// may move.
#[doc(hidden)]
pub async fn follow<S: Server>(body: &mut Body<S>) {
    let Some(transition) = body.cx.take_moved() else { return };
    if let Err(crash) = S::moved(body, &transition).await {
        // The caller must not take for done what is not saved.
        let mut ending = Ending::new(crash.0);
        ending.withheld = true;
        ending.last = transition.message.unwrap_or("init");
        body.cx.end(ending);
    }
    if !body.cx.is_ending() && (transition.is_change() || transition.message.is_none()) {
        body.arm_state_timeouts(&transition);
    }
}
