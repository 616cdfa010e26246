//! actix: an actor of messages, each a type, on the thread that starts it. A cast never waits: what
//! waits for room in its mailbox also waits for the reply.

use actix::prelude::*;

use crate::contender::Contender;
use crate::work::{Sent, State};

#[derive(Default)]
pub struct Counter(State);

impl Actor for Counter {
    type Context = Context<Self>;
}

pub struct Add;
pub struct AddBusily;
pub struct Take(Sent);
pub struct Stop;

impl Message for Add {
    type Result = u64;
}

impl Message for AddBusily {
    type Result = u64;
}

impl Message for Take {
    type Result = ();
}

impl Message for Stop {
    type Result = ();
}

impl Handler<Add> for Counter {
    type Result = u64;

    fn handle(&mut self, _: Add, _: &mut Context<Self>) -> u64 {
        self.0.add()
    }
}

impl Handler<AddBusily> for Counter {
    type Result = u64;

    fn handle(&mut self, _: AddBusily, _: &mut Context<Self>) -> u64 {
        self.0.add_busily()
    }
}

impl Handler<Take> for Counter {
    type Result = ();

    fn handle(&mut self, Take(sent): Take, _: &mut Context<Self>) {
        self.0.take(sent);
    }
}

impl Handler<Stop> for Counter {
    type Result = ();

    fn handle(&mut self, _: Stop, context: &mut Context<Self>) {
        context.stop();
    }
}

pub struct Relay(Addr<Counter>);

impl Actor for Relay {
    type Context = Context<Self>;
}

impl Handler<Add> for Relay {
    type Result = ResponseFuture<u64>;

    fn handle(&mut self, _: Add, _: &mut Context<Self>) -> ResponseFuture<u64> {
        let reply = self.0.send(Add);
        Box::pin(async move { reply.await.expect("the counter runs") })
    }
}

pub struct Actix;

impl Contender for Actix {
    const NAME: &'static str = "actix";
    const LOCAL: bool = true;
    const BOUNDED: bool = false;

    type Server = Addr<Counter>;
    type Relay = Addr<Relay>;

    async fn start() -> Self::Server {
        Counter::default().start()
    }

    async fn start_relay(to: Self::Server) -> Self::Relay {
        Relay(to).start()
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
        server.do_send(Take(sent));
    }

    async fn stop(server: Self::Server) {
        server.send(Stop).await.expect("it runs");
    }
}
