//! kameo: an actor of messages, each a type.

use kameo::mailbox;
use kameo::prelude::*;

use crate::contender::{Contender, ROOM};
use crate::work::{Sent, State};

#[derive(Actor)]
pub struct Counter(State);

pub struct Add;
pub struct AddBusily;

impl Message<Add> for Counter {
    type Reply = u64;

    async fn handle(&mut self, _: Add, _: &mut Context<Self, u64>) -> u64 {
        self.0.add()
    }
}

impl Message<AddBusily> for Counter {
    type Reply = u64;

    async fn handle(&mut self, _: AddBusily, _: &mut Context<Self, u64>) -> u64 {
        self.0.add_busily()
    }
}

impl Message<Sent> for Counter {
    type Reply = ();

    async fn handle(&mut self, sent: Sent, _: &mut Context<Self, ()>) {
        self.0.take(sent);
    }
}

#[derive(Actor)]
pub struct Relay(ActorRef<Counter>);

impl Message<Add> for Relay {
    type Reply = u64;

    async fn handle(&mut self, _: Add, _: &mut Context<Self, u64>) -> u64 {
        self.0.ask(Add).await.expect("the counter runs")
    }
}

pub struct Kameo;

impl Contender for Kameo {
    const NAME: &'static str = "kameo";

    type Server = ActorRef<Counter>;
    type Relay = ActorRef<Relay>;

    async fn start() -> Self::Server {
        Counter::spawn_with_mailbox(Counter(State::default()), mailbox::bounded(ROOM))
    }

    async fn start_relay(to: Self::Server) -> Self::Relay {
        Relay::spawn_with_mailbox(Relay(to), mailbox::bounded(ROOM))
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
        server.stop_gracefully().await.expect("it runs");
        server.wait_for_shutdown().await;
    }
}
