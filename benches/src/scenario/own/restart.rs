//! A child that fails, and is called until its next incarnation replies.

use std::time::{Duration, Instant};

use genserver_runtime::prelude::*;
use tokio::sync::{mpsc, oneshot};

use crate::contender::ROOM;
use crate::work::State;

pub struct Fragile(State);

#[genserver]
impl Fragile {
    #[call]
    pub fn add(&mut self) -> u64 {
        self.0.add()
    }

    #[cast]
    pub fn fail(&mut self) -> Result<(), Crash> {
        Err(Crash::new(ExitReason::Other("asked to".into())))
    }
}

pub async fn supervised(operations: u32) -> Duration {
    // More restarts than fit into so short a period: the limit is counted, and never reached.
    let supervisor = Supervisor::one_for_one().intensity(1_000_000, Duration::from_millis(1));
    let supervisor = supervisor.await.expect("it starts");
    let child = supervisor.start_child("child", || Fragile::start(Fragile(State::new())));
    let child = child.await.expect("it starts");
    let begun = Instant::now();
    for _ in 0..operations {
        child.fail().await.expect("it runs");
        // A call that the failing one has taken already is answered with its end.
        let value = loop {
            if let Ok(value) = child.add().await {
                break value;
            }
        };
        assert_eq!(value, 1, "a new one");
    }
    begun.elapsed()
}

enum Message {
    Add(oneshot::Sender<u64>),
    Fail,
}

/// Serves until it fails, and then gives its messages back.
async fn serve(mut messages: mpsc::Receiver<Message>) -> Option<mpsc::Receiver<Message>> {
    let mut state = State::new();
    while let Some(message) = messages.recv().await {
        match message {
            Message::Add(reply) => {
                let _ = reply.send(state.add());
            }
            Message::Fail => return Some(messages),
        }
    }
    None
}

/// A task that starts the server anew when it has failed; it counts nothing.
pub async fn hand_written(operations: u32) -> Duration {
    let (child, messages) = mpsc::channel(ROOM);
    tokio::spawn(async move {
        let mut messages = messages;
        while let Some(left) = tokio::spawn(serve(messages)).await.expect("no panic") {
            messages = left;
        }
    });
    let begun = Instant::now();
    for _ in 0..operations {
        assert!(child.send(Message::Fail).await.is_ok(), "it runs");
        let (reply, replied) = oneshot::channel();
        assert!(child.send(Message::Add(reply)).await.is_ok(), "it runs");
        assert_eq!(replied.await, Ok(1), "a new one");
    }
    begun.elapsed()
}
