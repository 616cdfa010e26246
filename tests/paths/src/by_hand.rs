//! A call as it is without this project, so that the figures of `messages` have something beside them.

use tokio::sync::{mpsc, oneshot};

/// How many messages its mailbox takes, as of a server that does not say.
const ROOM: usize = 1_024;

/// By how much, and who is told the sum.
type Add = (u64, oneshot::Sender<u64>);

async fn count(mut messages: mpsc::Receiver<Add>) {
    let mut value = 0;
    while let Some((by, reply)) = messages.recv().await {
        value += by;
        // A caller that has gone needs no reply.
        let _ = reply.send(value);
    }
}

pub async fn hand_written_call(times: u64) {
    let (counter, messages) = mpsc::channel(ROOM);
    tokio::spawn(count(messages));
    for value in 1..=times {
        let (reply, replied) = oneshot::channel();
        counter.send((1, reply)).await.expect("it runs");
        assert_eq!(replied.await, Ok(value));
    }
}
