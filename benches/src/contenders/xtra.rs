//! xtra: an actor of messages, each a type; casts are sends that are detached.

use xtra::prelude::*;

use crate::contender::{Contender, ROOM};
use crate::work::{Sent, State};

#[derive(xtra::Actor)]
pub struct Counter(State);

pub struct Add;
pub struct AddBusily;
pub struct Stop;

impl Handler<Add> for Counter {
    type Return = u64;

    async fn handle(&mut self, _: Add, _: &mut Context<Self>) -> u64 {
        self.0.add()
    }
}

impl Handler<AddBusily> for Counter {
    type Return = u64;

    async fn handle(&mut self, _: AddBusily, _: &mut Context<Self>) -> u64 {
        self.0.add_busily()
    }
}

impl Handler<Sent> for Counter {
    type Return = ();

    async fn handle(&mut self, sent: Sent, _: &mut Context<Self>) {
        self.0.take(sent);
    }
}

impl Handler<Stop> for Counter {
    type Return = ();

    async fn handle(&mut self, _: Stop, context: &mut Context<Self>) {
        context.stop_self();
    }
}

#[derive(xtra::Actor)]
pub struct Relay(Address<Counter>);

impl Handler<Add> for Relay {
    type Return = u64;

    async fn handle(&mut self, _: Add, _: &mut Context<Self>) -> u64 {
        self.0.send(Add).await.expect("the counter runs")
    }
}

pub struct Xtra;

impl Contender for Xtra {
    const NAME: &'static str = "xtra";
    // Its documentation says otherwise; but 0.6.0 keeps messages of the same priority in a heap.
    const ORDERED: bool = false;

    type Server = Address<Counter>;
    type Relay = Address<Relay>;

    async fn start() -> Self::Server {
        xtra::spawn_tokio(Counter(State::default()), Mailbox::bounded(ROOM))
    }

    async fn start_relay(to: Self::Server) -> Self::Relay {
        xtra::spawn_tokio(Relay(to), Mailbox::bounded(ROOM))
    }

    async fn call(server: &Self::Server) -> u64 {
        server.send(Add).await.expect("it runs")
    }

    async fn call_busy(server: &Self::Server) -> u64 {
        server.send(AddBusily).await.expect("it runs")
    }

    async fn call_relay(relay: &Self::Relay) -> u64 {
        relay.send(Add).await.expect("it runs")
    }

    async fn cast(server: &Self::Server, sent: Sent) {
        drop(server.send(sent).detach().await.expect("it runs"));
    }

    async fn stop(server: Self::Server) {
        let ended = server.join();
        server.send(Stop).await.expect("it runs");
        ended.await;
    }
}
