//! The web server: who knocks gets a session.

use std::io;
use std::net;
use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::get;
use genserver_runtime::prelude::*;
use genserver_runtime::{ChildSpec, DynamicSupervisor, Restart};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::session::Session;

/// Serves until it ends.
pub struct Door {
    closes: Option<oneshot::Sender<()>>,
    /// Aborted with it where it is killed.
    serving: JoinSet<io::Result<()>>,
}

#[genserver]
impl Door {
    /// The listener is shared, so that a door that is started again is found at the same address.
    #[init]
    pub fn new(listener: Arc<net::TcpListener>) -> Result<Self, io::Error> {
        let listener = TcpListener::from_std(listener.try_clone()?)?;
        let (signal, closed) = oneshot::channel::<()>();
        let router = Router::new().route("/chat/{name}", get(knock));
        let serve = axum::serve(listener, router).with_graceful_shutdown(async {
            // However it goes, the door closes.
            drop(closed.await);
        });
        let mut serving = JoinSet::new();
        serving.spawn(serve.into_future());
        Ok(Self { closes: Some(signal), serving })
    }

    /// Takes nobody in any more, and lets requests finish that are under way.
    #[terminate]
    async fn close(&mut self, _reason: &ExitReason) {
        drop(self.closes.take());
        while self.serving.join_next().await.is_some() {}
    }
}

async fn knock(Path(name): Path<String>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(|socket| come_in(name, socket))
}

async fn come_in(name: String, socket: WebSocket) {
    let sessions = <DynamicSupervisor>::named("sessions");
    let mut socket = Some(socket);
    let start = move || {
        let socket = socket.take().expect("a temporary child is started once");
        Session::start(name.clone(), socket)
    };
    let spec = ChildSpec::dynamic(start).restart(Restart::Temporary);
    if let Err(error) = sessions.start(spec).await {
        eprintln!("no session: {error}");
    }
}
