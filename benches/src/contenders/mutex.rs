//! The limit: a mutex around the state. No mailbox, no task, nothing that could stop or fail.

use std::sync::{Arc, Mutex, PoisonError};

use crate::contender::Contender;
use crate::work::{Sent, State};

pub struct Locked;

type Server = Arc<Mutex<State>>;

/// Runs a handler under the lock.
fn with<T>(server: &Server, handler: impl FnOnce(&mut State) -> T) -> T {
    handler(&mut server.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Contender for Locked {
    const NAME: &'static str = "mutex";

    type Server = Server;
    type Relay = Server;

    async fn start() -> Server {
        Arc::default()
    }

    async fn start_relay(to: Server) -> Server {
        to
    }

    async fn call(server: &Server) -> u64 {
        with(server, State::add)
    }

    async fn call_busy(server: &Server) -> u64 {
        with(server, State::add_busily)
    }

    async fn call_relay(relay: &Server) -> u64 {
        with(relay, State::add)
    }

    async fn cast(server: &Server, sent: Sent) {
        with(server, |state| state.take(sent));
    }

    async fn stop(server: Server) {
        drop(server);
    }
}
