//! The servers of the crowd: the same desk with each policy for a mailbox that is full.

use std::sync::Arc;

use genserver_runtime::prelude::*;
use genserver_runtime::{Client, Pending};

use crate::ledger::{Ledger, Letter, Told};

/// What a sender does with a letter.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    Echo,
    EchoReady,
    EchoLater(u32),
    EchoQueued,
    EchoBlocking,
    EchoDeferred,
    EchoFromTask(u32),
    EchoAndStop,
    EchoAtOnce,
    Boom,
    BoomLater(u32),
    Forward,
    Note,
    NoteLater(u32),
    NoteAtOnce,
    NoteAndBoom,
    Post,
    Info,
}

pub type Sending = Result<Pending<u64>, ServerError>;

/// A client of a desk.
pub trait Desk: Client {
    fn open(ledger: Arc<Ledger>, name: String) -> impl Future<Output = Self> + Send;

    fn act(&self, act: Act, letter: Letter, other: &Self) -> impl Future<Output = Told> + Send;

    fn send(&self, letter: Letter) -> impl Future<Output = Sending> + Send;

    /// Has the put-off replies sent.
    fn pay(&self, letter: Letter) -> Told;
}

/// What a reply tells the sender of letter `id`.
pub fn told(ledger: &Ledger, id: u64, reply: Result<u64, ServerError>) -> Told {
    match reply {
        Ok(echo) => {
            if echo != id {
                ledger.wrong(format!("letter {id} got the reply of {echo}"));
            }
            Told::Replied
        }
        Err(error) => error.into(),
    }
}

macro_rules! desk {
    ($module:ident, $policy:ident) => {
        pub mod $module {
            use std::sync::Arc;

            use genserver_runtime::Client;
            use genserver_runtime::prelude::*;

            use super::{Act, Sending, Told};
            use crate::ledger::{Book, Ledger, Letter};
            use crate::support::{EXPECTED, turns};

            pub struct Desk {
                book: Book,
                ledger: Arc<Ledger>,
            }

            #[genserver(mailbox = 4, overflow = $policy, call_timeout = infinity)]
            impl Desk {
                #[init]
                pub fn new(ledger: Arc<Ledger>) -> Self {
                    Self { book: Book::new(Arc::clone(&ledger)), ledger }
                }

                #[call]
                pub fn echo(&mut self, letter: Letter) -> u64 {
                    self.book.handle(&letter)
                }

                #[call]
                pub async fn echo_later(&mut self, letter: Letter, after: u32) -> u64 {
                    let id = self.book.handle(&letter);
                    turns(after).await;
                    id
                }

                #[call(inline = false)]
                pub fn echo_queued(&mut self, letter: Letter) -> u64 {
                    self.book.handle(&letter)
                }

                #[call(blocking)]
                pub fn echo_blocking(&mut self, letter: Letter) -> u64 {
                    self.book.handle(&letter)
                }

                #[call]
                pub fn echo_deferred(&mut self, reply: ReplyTo<u64>, letter: Letter) {
                    let id = self.book.handle(&letter);
                    self.book.owe(id, reply);
                }

                #[call]
                pub async fn echo_from_task(
                    &mut self,
                    reply: ReplyTo<u64>,
                    letter: Letter,
                    after: u32,
                ) {
                    let id = self.book.handle(&letter);
                    turns(after / 2).await;
                    drop(tokio::spawn(async move {
                        turns(after).await;
                        let _ = reply.reply(id);
                    }));
                }

                #[call]
                pub fn echo_and_stop(&mut self, cx: &mut Cx<Self>, letter: Letter) -> u64 {
                    cx.stop(ExitReason::Shutdown);
                    self.book.handle(&letter)
                }

                #[call]
                pub fn boom(&mut self, letter: Letter) -> u64 {
                    self.book.handle(&letter);
                    panic!("{EXPECTED}boom");
                }

                #[call]
                pub async fn boom_later(&mut self, letter: Letter, after: u32) -> u64 {
                    self.book.handle(&letter);
                    turns(after).await;
                    panic!("{EXPECTED}boom");
                }

                /// Calls another desk, which may call this one.
                #[call]
                pub async fn forward(&mut self, letter: Letter, to: DeskClient) -> u64 {
                    let id = self.book.handle(&letter);
                    if to.idle(1).await == Err(ServerError::Full) {
                        self.ledger.count_refused();
                    }
                    id
                }

                #[call]
                pub async fn idle(&mut self, after: u32) {
                    turns(after).await;
                }

                #[cast]
                pub fn note(&mut self, letter: Letter) {
                    self.book.handle(&letter);
                }

                #[cast]
                pub async fn note_later(&mut self, letter: Letter, after: u32) {
                    self.book.handle(&letter);
                    turns(after).await;
                }

                #[cast]
                pub fn note_and_boom(&mut self, letter: Letter) {
                    self.book.handle(&letter);
                    panic!("{EXPECTED}boom");
                }

                #[cast(unbounded)]
                pub fn post(&mut self, letter: Letter) {
                    self.book.handle(&letter);
                }

                #[cast(unbounded)]
                pub fn pay(&mut self, letter: Letter) {
                    self.book.handle(&letter);
                    self.book.pay();
                }

                #[info]
                fn on_letter(&mut self, letter: Letter) {
                    self.book.handle(&letter);
                }

                #[terminate]
                async fn close(&mut self, reason: &ExitReason) {
                    if *reason == ExitReason::Killed {
                        self.ledger.wrong("`terminate` ran at a kill".to_owned());
                    }
                    turns(1).await;
                }
            }

            impl super::Desk for DeskClient {
                async fn open(ledger: Arc<Ledger>, name: String) -> Self {
                    let started = Desk::start(ledger).name(name).await;
                    started.expect("the name is free before anybody learns of the end")
                }

                async fn act(&self, act: Act, letter: Letter, other: &Self) -> Told {
                    let (id, sender) = (letter.id(), letter.ledger());
                    let reply = match act {
                        Act::Echo => self.echo(letter).await,
                        Act::EchoReady => self.echo_later(letter, 0).await,
                        Act::EchoLater(after) => self.echo_later(letter, after).await,
                        Act::EchoQueued => self.echo_queued(letter).await,
                        Act::EchoBlocking => self.echo_blocking(letter).await,
                        Act::EchoDeferred => self.echo_deferred(letter).await,
                        Act::EchoFromTask(after) => self.echo_from_task(letter, after).await,
                        Act::EchoAndStop => self.echo_and_stop(letter).await,
                        Act::EchoAtOnce => {
                            self.echo_later(letter, 2).timeout(std::time::Duration::ZERO).await
                        }
                        Act::Boom => self.boom(letter).await,
                        Act::BoomLater(after) => self.boom_later(letter, after).await,
                        Act::Forward => self.forward(letter, other.clone()).await,
                        Act::Note => return self.note(letter).await.into(),
                        Act::NoteLater(after) => {
                            return self.note_later(letter, after).await.into();
                        }
                        Act::NoteAtOnce => return self.note(letter).try_send().into(),
                        Act::NoteAndBoom => return self.note_and_boom(letter).await.into(),
                        Act::Post => return self.post(letter).post().into(),
                        Act::Info => return self.send_info(letter).await.into(),
                    };
                    super::told(&sender, id, reply)
                }

                async fn send(&self, letter: Letter) -> Sending {
                    self.echo(letter).send().await
                }

                fn pay(&self, letter: Letter) -> Told {
                    self.pay(letter).post().into()
                }
            }
        }
    };
}

desk!(patient, wait);
desk!(strict, reject);
desk!(forgetful, drop_oldest);
desk!(deaf, drop_newest);
