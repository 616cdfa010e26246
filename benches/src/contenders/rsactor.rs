//! rsactor: an actor of messages, each a type, collected by an attribute.
#![allow(clippy::unused_async, reason = "its handlers are asynchronous")]

use rsactor::{Actor, ActorRef, message_handlers, spawn_with_mailbox_capacity};

use crate::contender::{Contender, ROOM};
use crate::work::{Sent, State};

#[derive(Actor)]
pub struct Counter(State);

pub struct Add;
pub struct AddBusily;

#[message_handlers]
impl Counter {
    #[handler]
    async fn add(&mut self, _: Add, _: &ActorRef<Self>) -> u64 {
        self.0.add()
    }

    #[handler]
    async fn add_busily(&mut self, _: AddBusily, _: &ActorRef<Self>) -> u64 {
        self.0.add_busily()
    }

    #[handler]
    async fn take(&mut self, sent: Sent, _: &ActorRef<Self>) {
        self.0.take(sent);
    }
}

#[derive(Actor)]
pub struct Relay(ActorRef<Counter>);

#[message_handlers]
impl Relay {
    #[handler]
    async fn add(&mut self, _: Add, _: &ActorRef<Self>) -> u64 {
        self.0.ask(Add).await.expect("the counter runs")
    }
}

pub struct Rsactor;

impl Contender for Rsactor {
    const NAME: &'static str = "rsactor";

    type Server = ActorRef<Counter>;
    type Relay = ActorRef<Relay>;

    async fn start() -> Self::Server {
        spawn_with_mailbox_capacity(Counter(State::default()), ROOM).0
    }

    async fn start_relay(to: Self::Server) -> Self::Relay {
        spawn_with_mailbox_capacity(Relay(to), ROOM).0
    }

    async fn call(server: &Self::Server) -> u64 {
        server.ask(Add).await.expect("it runs")
    }

    async fn call_busy(server: &Self::Server) -> u64 {
        server.ask(AddBusily).await.expect("it runs")
    }

    async fn call_relay(relay: &Self::Relay) -> u64 {
        relay.ask(Add).await.expect("it runs")
    }

    async fn cast(server: &Self::Server, sent: Sent) {
        server.tell(sent).await.expect("it runs");
    }

    async fn stop(server: Self::Server) {
        server.stop().await;
        server.wait_stopped().await;
    }
}
