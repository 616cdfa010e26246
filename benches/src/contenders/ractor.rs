//! ractor: an actor of one enum, whose mailbox is unbounded.

use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort, call};

use crate::contender::Contender;
use crate::work::{Sent, State};

pub enum Message {
    Add(RpcReplyPort<u64>),
    AddBusily(RpcReplyPort<u64>),
    Take(Sent),
}

pub struct Counter;

impl Actor for Counter {
    type Msg = Message;
    type State = State;
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<Message>, (): ()) -> Result<State, ActorProcessingErr> {
        Ok(State::default())
    }

    async fn handle(
        &self,
        _: ActorRef<Message>,
        message: Message,
        state: &mut State,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            Message::Add(reply) => reply.send(state.add())?,
            Message::AddBusily(reply) => reply.send(state.add_busily())?,
            Message::Take(sent) => state.take(sent),
        }
        Ok(())
    }
}

pub struct Relay;

impl Actor for Relay {
    type Msg = RelayMessage;
    type State = ActorRef<Message>;
    type Arguments = ActorRef<Message>;

    async fn pre_start(
        &self,
        _: ActorRef<RelayMessage>,
        to: ActorRef<Message>,
    ) -> Result<ActorRef<Message>, ActorProcessingErr> {
        Ok(to)
    }

    async fn handle(
        &self,
        _: ActorRef<RelayMessage>,
        RelayMessage(reply): RelayMessage,
        to: &mut ActorRef<Message>,
    ) -> Result<(), ActorProcessingErr> {
        reply.send(call!(to, Message::Add)?)?;
        Ok(())
    }
}

pub struct RelayMessage(RpcReplyPort<u64>);

pub struct Ractor;

impl Contender for Ractor {
    const NAME: &'static str = "ractor";
    const BOUNDED: bool = false;

    type Server = ActorRef<Message>;
    type Relay = ActorRef<RelayMessage>;

    async fn start() -> Self::Server {
        Actor::spawn(None, Counter, ()).await.expect("it starts").0
    }

    async fn start_relay(to: Self::Server) -> Self::Relay {
        Actor::spawn(None, Relay, to).await.expect("it starts").0
    }

    async fn call(server: &Self::Server) -> u64 {
        call!(server, Message::Add).expect("it runs")
    }

    async fn call_busy(server: &Self::Server) -> u64 {
        call!(server, Message::AddBusily).expect("it runs")
    }

    async fn call_relay(relay: &Self::Relay) -> u64 {
        call!(relay, RelayMessage).expect("it runs")
    }

    async fn cast(server: &Self::Server, sent: Sent) {
        assert!(server.cast(Message::Take(sent)).is_ok(), "it runs");
    }

    async fn stop(server: Self::Server) {
        server.stop_and_wait(None, None).await.expect("it stops");
    }
}
