//! The hand-written actor, each of whose calls is given 5 s by tokio's timer.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::hand_written::{HandWritten, Message, Relay, Server, ask, ask_relay};
use crate::contender::{Contender, ROOM};
use crate::work::Sent;

const PATIENCE: Duration = Duration::from_secs(5);

/// Waits for `reply` for 5 s.
async fn patiently(reply: impl Future<Output = u64> + Send) -> u64 {
    timeout(PATIENCE, reply).await.expect("it replies in time")
}

pub struct HandWrittenTimeout;

impl Contender for HandWrittenTimeout {
    const NAME: &'static str = "hand-written, time-out";

    type Server = Server;
    type Relay = Relay;

    async fn start() -> Server {
        HandWritten::start().await
    }

    async fn start_relay(to: Server) -> Relay {
        let (relay, mut messages) = mpsc::channel::<oneshot::Sender<u64>>(ROOM);
        tokio::spawn(async move {
            while let Some(reply) = messages.recv().await {
                let _ = reply.send(patiently(ask(&to, Message::Add)).await);
            }
        });
        relay
    }

    async fn call(server: &Server) -> u64 {
        patiently(ask(server, Message::Add)).await
    }

    async fn call_busy(server: &Server) -> u64 {
        patiently(ask(server, Message::AddBusily)).await
    }

    async fn call_relay(relay: &Relay) -> u64 {
        patiently(ask_relay(relay)).await
    }

    async fn cast(server: &Server, sent: Sent) {
        HandWritten::cast(server, sent).await;
    }

    async fn stop(server: Server) {
        HandWritten::stop(server).await;
    }
}
