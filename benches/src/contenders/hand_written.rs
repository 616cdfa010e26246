//! What one writes without a library: a task, a bounded channel of an enum, a oneshot a reply.

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::contender::{Contender, ROOM};
use crate::work::{Sent, State};

pub enum Message {
    Add(oneshot::Sender<u64>),
    AddBusily(oneshot::Sender<u64>),
    Take(Sent),
    Stop(oneshot::Sender<()>),
}

pub type Server = mpsc::Sender<Message>;
pub type Relay = mpsc::Sender<oneshot::Sender<u64>>;

async fn serve(mut messages: mpsc::Receiver<Message>) {
    let mut state = State::default();
    while let Some(message) = messages.recv().await {
        // A caller that has gone needs no reply.
        match message {
            Message::Add(reply) => {
                let _ = reply.send(state.add());
            }
            Message::AddBusily(reply) => {
                let _ = reply.send(state.add_busily());
            }
            Message::Take(sent) => state.take(sent),
            Message::Stop(reply) => {
                let _ = reply.send(());
                return;
            }
        }
    }
}

pub fn spawn() -> (Server, JoinHandle<()>) {
    let (server, messages) = mpsc::channel(ROOM);
    (server, tokio::spawn(serve(messages)))
}

/// Sends what `message` makes and waits for the reply.
pub async fn ask<T>(server: &Server, message: impl FnOnce(oneshot::Sender<T>) -> Message) -> T {
    let (reply, replied) = oneshot::channel();
    // Without `Debug` on the message there is no `expect`.
    assert!(server.send(message(reply)).await.is_ok(), "it runs");
    replied.await.expect("it replies")
}

pub async fn ask_relay(relay: &Relay) -> u64 {
    let (reply, replied) = oneshot::channel();
    relay.send(reply).await.expect("it runs");
    replied.await.expect("it replies")
}

pub struct HandWritten;

impl Contender for HandWritten {
    const NAME: &'static str = "hand-written";

    type Server = Server;
    type Relay = Relay;

    async fn start() -> Server {
        spawn().0
    }

    async fn start_relay(to: Server) -> Relay {
        let (relay, mut messages) = mpsc::channel::<oneshot::Sender<u64>>(ROOM);
        tokio::spawn(async move {
            while let Some(reply) = messages.recv().await {
                let _ = reply.send(ask(&to, Message::Add).await);
            }
        });
        relay
    }

    async fn call(server: &Server) -> u64 {
        ask(server, Message::Add).await
    }

    async fn call_busy(server: &Server) -> u64 {
        ask(server, Message::AddBusily).await
    }

    async fn call_relay(relay: &Relay) -> u64 {
        ask_relay(relay).await
    }

    async fn cast(server: &Server, sent: Sent) {
        assert!(server.send(Message::Take(sent)).await.is_ok(), "it runs");
    }

    async fn stop(server: Server) {
        ask(&server, Message::Stop).await;
    }
}
