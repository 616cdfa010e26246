//! One running server of a conformance test.

use std::sync::Arc;

use tokio::task::yield_now;

use crate::address::{Address, AnyAddress};
use crate::client::Client;
use crate::core::Core;
use crate::exit::ExitReason;
use crate::machine::declaration::Seen;
use crate::machine::request::Came;
use crate::machine::{Drives, Machine, Source};
use crate::node::Stop as How;
use crate::stop::Stop;
use crate::sys::Sys;

/// How many characters of a state are compared.
const TEXT_MAX: usize = 16_384;

/// How often a server that is about to rest is looked at.
const LOOKS_MAX: u32 = 1000;

/// A request to make: the same for the same step.
#[derive(Clone, Copy)]
pub(crate) struct Step {
    pub(crate) handler: usize,
    /// What its arguments are drawn from.
    pub(crate) seed: u64,
}

/// A server, kept alive and looked at.
pub(crate) struct Probe<M: Machine> {
    address: Address<M>,
}

impl<M: Machine> Probe<M> {
    pub(crate) fn new(client: &impl Client) -> Self {
        Self { address: Address::at(client.__address().share()) }
    }

    fn any(&self) -> &dyn AnyAddress {
        &self.address
    }

    /// The state's place in the graph, after all that was sent before; `None` when the server is
    /// gone.
    pub(crate) async fn state(&self) -> Option<usize> {
        let name = self.any().ask_state().await.ok()?;
        M::GRAPH.state(name)
    }

    /// The state as text, where it can be shown.
    async fn text(&self) -> Option<String> {
        Sys::<()>::new(self.any().node()).format_state(TEXT_MAX).await.ok()
    }

    fn ended(&self) -> Option<ExitReason> {
        let reason = |core: &Arc<Core<M>>| core.lock().cold.as_ref()?.reason.clone();
        self.address.with(reason).flatten()
    }

    /// Whether the handler's message would wait for another state. What is put aside for later
    /// would be handled when something else is looked at.
    pub(crate) async fn postpones(&self, handler: usize) -> bool {
        if !M::POSTPONES {
            return false;
        }
        let look = |core: &Arc<Core<M>>| {
            let body = core.try_enter()?;
            let postpones = body.state.as_ref().is_some_and(|st| M::postpones(handler, st));
            core.leave(body);
            Some(postpones)
        };
        for _ in 0..LOOKS_MAX {
            if let Some(postpones) = self.address.with(look).flatten() {
                return postpones;
            }
            yield_now().await;
        }
        true
    }

    /// Makes a request, and looks at what is there after it; at the state as text where `texts`
    /// says so.
    pub(crate) async fn take<By>(&self, step: Step, texts: bool) -> Seen
    where
        M: Drives<By>,
    {
        let old = if texts { self.text().await } else { None };
        let request = M::request(step.handler, &self.address, &mut Source::new(step.seed));
        let came = match request {
            Some(request) => request.await,
            None => Came::Done,
        };
        let after = self.state().await;
        let new = if texts { self.text().await } else { None };
        let ended = if after.is_none() { self.ended() } else { None };
        Seen { came, after, ended, texts: old.zip(new) }
    }

    /// Ends the server, and waits until its names are free.
    pub(crate) async fn stop(self) {
        let reason = ExitReason::Shutdown;
        // How it ends is not what is tested.
        let _ = Stop::of(self.any().node(), How::Now(reason.clone()), reason).await;
    }
}
