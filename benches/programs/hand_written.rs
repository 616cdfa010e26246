use tokio::sync::{mpsc, oneshot};

enum Message {
    Add(oneshot::Sender<u64>),
}

async fn serve(mut messages: mpsc::Receiver<Message>) {
    let mut value = 0;
    while let Some(Message::Add(reply)) = messages.recv().await {
        value += 1;
        let _ = reply.send(value);
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (counter, messages) = mpsc::channel(1_024);
    tokio::spawn(serve(messages));
    let (reply, replied) = oneshot::channel();
    assert!(counter.send(Message::Add(reply)).await.is_ok());
    println!("{}", replied.await.expect("it replies"));
}
