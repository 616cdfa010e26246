use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort, call};

struct Counter;

enum Message {
    Add(RpcReplyPort<u64>),
}

impl Actor for Counter {
    type Msg = Message;
    type State = u64;
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<Message>, _: ()) -> Result<u64, ActorProcessingErr> {
        Ok(0)
    }

    async fn handle(
        &self,
        _: ActorRef<Message>,
        Message::Add(reply): Message,
        value: &mut u64,
    ) -> Result<(), ActorProcessingErr> {
        *value += 1;
        reply.send(*value)?;
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (counter, _) = Actor::spawn(None, Counter, ()).await.expect("it starts");
    println!("{}", call!(counter, Message::Add).expect("it runs"));
}
