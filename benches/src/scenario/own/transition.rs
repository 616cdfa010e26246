//! A state machine that goes to and fro between two states and takes a string along.

use std::time::{Duration, Instant};

use genserver_runtime::prelude::*;
use tokio::sync::{mpsc, oneshot};

use crate::contender::ROOM;

pub struct Open {
    owner: String,
}

pub struct Shut {
    owner: String,
}

pub struct Door;

#[genserver(states(Open: initial, Shut))]
impl Door {
    #[init]
    pub fn new(owner: String) -> (Self, Open) {
        (Self, Open { owner })
    }

    #[call(Open => Shut)]
    pub fn shut(&self, st: &Open) -> Next<usize> {
        let reply = st.owner.len();
        st.goto(|open| Shut { owner: open.owner }).reply(reply)
    }

    #[call(Shut => Open)]
    pub fn open(&self, st: &Shut) -> Next<usize> {
        let reply = st.owner.len();
        st.goto(|shut| Open { owner: shut.owner }).reply(reply)
    }
}

const OWNER: &str = "the owner of the door";

pub async fn declared(operations: u32) -> Duration {
    let door = Door::start(OWNER.to_owned()).await.expect("it starts");
    let begun = Instant::now();
    for number in 0..operations {
        let reply = if number % 2 == 0 { door.shut().await } else { door.open().await };
        assert_eq!(reply, Ok(OWNER.len()));
    }
    begun.elapsed()
}

enum HandWritten {
    Open(Open),
    Shut(Shut),
}

/// Whether the door shall be shut, and where the reply goes.
type Message = (bool, oneshot::Sender<usize>);

async fn serve(mut door: HandWritten, mut messages: mpsc::Receiver<Message>) {
    while let Some((shut, reply)) = messages.recv().await {
        door = match (door, shut) {
            (HandWritten::Open(Open { owner }), true) => {
                let _ = reply.send(owner.len());
                HandWritten::Shut(Shut { owner })
            }
            (HandWritten::Shut(Shut { owner }), false) => {
                let _ = reply.send(owner.len());
                HandWritten::Open(Open { owner })
            }
            // Without a reply, the caller learns that it did not work.
            (door, _) => door,
        };
    }
}

pub async fn hand_written(operations: u32) -> Duration {
    let (door, messages) = mpsc::channel(ROOM);
    tokio::spawn(serve(HandWritten::Open(Open { owner: OWNER.to_owned() }), messages));
    let begun = Instant::now();
    for number in 0..operations {
        let (reply, replied) = oneshot::channel();
        door.send((number % 2 == 0, reply)).await.expect("it runs");
        assert_eq!(replied.await, Ok(OWNER.len()));
    }
    begun.elapsed()
}
