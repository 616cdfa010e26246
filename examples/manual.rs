//! The same counter twice: as a loop written by hand, and with `#[genserver]`.
//!
//! The loop is what every program writes again. What it gets wrong is shown beside what the
//! macro gives: a start that may fail, a server that dies under its callers, a full mailbox, an
//! end that cleans up.

use std::num::TryFromIntError;
use std::time::Duration;

use genserver_runtime::prelude::*;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

mod by_hand {
    use super::{Duration, mpsc, oneshot, timeout};

    /// One variant an operation, each with the way back.
    enum Message {
        Increment { reply: oneshot::Sender<u8> },
        Get { reply: oneshot::Sender<u8> },
        Reset,
    }

    /// A handle: a sender and a time-out.
    #[derive(Clone)]
    pub(crate) struct Counter {
        sender: mpsc::UnboundedSender<Message>,
    }

    impl Counter {
        /// Whether it runs, nobody knows: the loop was spawned, that is all.
        pub(crate) fn start(value: i64) -> Self {
            let (sender, mut receiver) = mpsc::unbounded_channel();
            tokio::spawn(async move {
                // Nobody hears of this failure.
                let Ok(mut value) = u8::try_from(value) else { return };
                while let Some(message) = receiver.recv().await {
                    match message {
                        Message::Increment { reply } => {
                            let Some(next) = value.checked_add(1) else { return };
                            value = next;
                            let _ = reply.send(value);
                        }
                        Message::Get { reply } => {
                            let _ = reply.send(value);
                        }
                        Message::Reset => value = 0,
                    }
                }
            });
            Self { sender }
        }

        pub(crate) async fn increment(&self) -> Result<u8, String> {
            self.ask(|reply| Message::Increment { reply }).await
        }

        pub(crate) async fn get(&self) -> Result<u8, String> {
            self.ask(|reply| Message::Get { reply }).await
        }

        pub(crate) fn reset(&self) {
            // Never full: the memory is the limit.
            let _ = self.sender.send(Message::Reset);
        }

        /// The boilerplate of every request: a channel, a send, a time-out, three ways to fail.
        async fn ask(
            &self,
            make: impl FnOnce(oneshot::Sender<u8>) -> Message,
        ) -> Result<u8, String> {
            let (reply, answer) = oneshot::channel();
            self.sender.send(make(reply)).map_err(|_| "the loop is gone".to_owned())?;
            match timeout(Duration::from_secs(5), answer).await {
                Ok(Ok(value)) => Ok(value),
                Ok(Err(_)) => Err("the loop dropped the request".to_owned()),
                Err(_) => Err("no answer within 5s".to_owned()),
            }
        }
    }
}

/// The same operations, and nothing else.
pub struct Counter {
    value: u8,
}

#[genserver]
impl Counter {
    /// Fails where the value is none that the counter can hold.
    #[init]
    pub fn new(value: i64) -> Result<Self, TryFromIntError> {
        Ok(Self { value: value.try_into()? })
    }

    /// Adds one.
    #[call]
    pub fn increment(&mut self) -> u8 {
        self.value = self.value.checked_add(1).expect("the counter is full");
        self.value
    }

    /// The present value.
    #[call]
    pub fn get(&self) -> u8 {
        self.value
    }

    /// Back to zero.
    #[cast]
    pub fn reset(&mut self) {
        self.value = 0;
    }

    #[terminate]
    fn close(&mut self, reason: &ExitReason) {
        println!("macro:   terminate ran: {reason}");
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The panic below is part of the show.
    std::panic::set_hook(Box::new(|_| {}));

    println!("-- both count --");
    let hand = by_hand::Counter::start(0);
    hand.reset();
    println!("by hand: {} {}", hand.increment().await?, hand.get().await?);
    let counter = Counter::start(0).await?;
    counter.reset().await?;
    println!("macro:   {} {}", counter.increment().await?, counter.get().await?);

    println!("-- a start that fails --");
    let hand = by_hand::Counter::start(-1);
    println!("by hand: started; then {}", hand.get().await.unwrap_err());
    println!("macro:   {}", Counter::start(-1).await.unwrap_err());

    println!("-- a server that dies under its caller --");
    let hand = by_hand::Counter::start(255);
    println!("by hand: {}", hand.increment().await.unwrap_err());
    let full = Counter::start(255).await?;
    println!("macro:   {}", full.increment().await.unwrap_err());

    println!("-- a flood --");
    let hand = by_hand::Counter::start(0);
    (0..100_000).for_each(|_| hand.reset());
    println!("by hand: 100000 messages taken, all of them in memory");
    let taken = (0..100_000).take_while(|_| counter.reset().try_send().is_ok()).count();
    println!("macro:   {taken} messages taken, then: {}", counter.reset().try_send().unwrap_err());

    println!("-- the end --");
    println!("by hand: nothing to call; the loop ends when the last handle is dropped");
    counter.stop().await?;
    println!("macro:   {}", counter.get().await.unwrap_err());
    Ok(())
}
