//! spawned-concurrency: an actor behind a protocol; a request has a time-out of 5 s, mailboxes are
//! unbounded.
#![allow(clippy::unused_async, reason = "its handlers are asynchronous")]

use spawned_concurrency::tasks::{Actor, ActorRef, ActorStart, Context, Handler};
use spawned_concurrency::{Response, actor, protocol};

use crate::contender::Contender;
use crate::work::{Sent, State};

#[protocol]
pub trait Counting: Send + Sync {
    fn add(&self) -> Response<u64>;
    fn add_busily(&self) -> Response<u64>;
    fn take(&self, sent: Sent);
    fn stop(&self) -> Response<()>;
}

pub struct Counter(State);

#[actor(protocol = Counting)]
impl Counter {
    #[request_handler]
    async fn handle_add(&mut self, _: counting::Add, _: &Context<Self>) -> u64 {
        self.0.add()
    }

    #[request_handler]
    async fn handle_add_busily(&mut self, _: counting::AddBusily, _: &Context<Self>) -> u64 {
        self.0.add_busily()
    }

    #[send_handler]
    async fn handle_take(&mut self, taken: counting::Take, _: &Context<Self>) {
        self.0.take(taken.sent);
    }

    #[request_handler]
    async fn handle_stop(&mut self, _: counting::Stop, context: &Context<Self>) {
        context.stop();
    }
}

#[protocol]
pub trait Relaying: Send + Sync {
    fn relay(&self) -> Response<u64>;
}

pub struct Relay(ActorRef<Counter>);

#[actor(protocol = Relaying)]
impl Relay {
    #[request_handler]
    async fn handle_relay(&mut self, _: relaying::Relay, _: &Context<Self>) -> u64 {
        self.0.add().await.expect("the counter runs")
    }
}

pub struct Spawned;

impl Contender for Spawned {
    const NAME: &'static str = "spawned-concurrency";
    const BOUNDED: bool = false;

    type Server = ActorRef<Counter>;
    type Relay = ActorRef<Relay>;

    async fn start() -> Self::Server {
        Counter(State::default()).start()
    }

    async fn start_relay(to: Self::Server) -> Self::Relay {
        Relay(to).start()
    }

    async fn call(server: &Self::Server) -> u64 {
        server.add().await.expect("it runs")
    }

    async fn call_busy(server: &Self::Server) -> u64 {
        server.add_busily().await.expect("it runs")
    }

    async fn call_relay(relay: &Self::Relay) -> u64 {
        relay.relay().await.expect("it runs")
    }

    async fn cast(server: &Self::Server, sent: Sent) {
        server.take(sent);
    }

    async fn stop(server: Self::Server) {
        Counting::stop(&server).await.expect("it runs");
        server.join().await;
    }
}
