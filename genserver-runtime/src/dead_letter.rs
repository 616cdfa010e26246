//! Messages that nobody handled: a cast or an info that lay in the mailbox when its server ended.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::address::Address;
use crate::cast::Cast;
use crate::client::Client;
use crate::core::Core;
use crate::ending::drop_caught;
use crate::error::SendError;
use crate::id::ServerId;
use crate::item::{Item, Source};
use crate::report;
use crate::server::{Message as _, ServedBy, Server};
use crate::start::Start;

/// A cast or an info that no handler saw, because its server ended first.
///
/// Calls are none: their callers are answered. Given to the hook of [`Start::dead_letters`].
pub struct DeadLetter<S: Server> {
    message: S::Message,
    id: ServerId,
}

impl<S: Server> DeadLetter<S> {
    /// The name of the message.
    #[must_use]
    pub fn message(&self) -> &'static str {
        S::HANDLERS[self.message.handler()].message
    }

    /// The server that did not handle it.
    #[must_use]
    pub fn server(&self) -> ServerId {
        self.id
    }

    /// Sends it again, to a server of the same type: the next incarnation for instance.
    ///
    /// # Errors
    ///
    /// As a cast's: it is lost then.
    ///
    /// # Cancel safety
    ///
    /// As a cast's.
    pub async fn resend<C: Client>(self, client: &C) -> Result<(), SendError>
    where
        S: ServedBy<C>,
    {
        let address = Address::<S>::at(client.__address().share());
        Cast::new(&address, self.message).await
    }
}

impl<S: Server> fmt::Debug for DeadLetter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeadLetter")
            .field("server", &S::NAME)
            .field("id", &self.id)
            .field("message", &self.message())
            .finish_non_exhaustive()
    }
}

/// What is told of dead letters.
pub(crate) type Hook<S> = Arc<dyn Fn(DeadLetter<S>) + Send + Sync>;

impl<S: Server, C, A, E> Start<S, C, A, E> {
    /// Hands each cast and info that nobody will handle any more to `hook`, when the server ends with
    /// messages in its mailbox. Without it they are counted and dropped: see
    /// [`Counters::dead`](crate::Counters::dead).
    ///
    /// It is called on the server's task, before `#[terminate]`, in the order of the mailbox; it must
    /// not block. What the server's own timers, tasks and streams brought is not among them. A panic
    /// in it is reported and goes no further.
    ///
    /// ```
    /// use std::sync::mpsc;
    ///
    /// use genserver_runtime::prelude::*;
    ///
    /// struct Ledger(u64);
    ///
    /// #[genserver]
    /// impl Ledger {
    ///     #[cast]
    ///     async fn book(&mut self, amount: u64) {
    ///         assert!(amount < 100, "expected: it shows what becomes of the rest");
    ///         self.0 += amount;
    ///     }
    ///     #[call]
    ///     fn sum(&self) -> u64 { self.0 }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (dead, letters) = mpsc::channel();
    /// let start = move || {
    ///     let dead = dead.clone();
    ///     Ledger::start(Ledger(0)).dead_letters(move |letter| drop(dead.send(letter)))
    /// };
    /// let supervisor = Supervisor::one_for_one().await?;
    /// let ledger = supervisor.start_child("ledger", start).await?;
    /// for amount in [1_000, 2, 3] {
    ///     ledger.book(amount).await?;
    /// }
    /// while ledger.sum().await.is_err() {} // the first one crashes it
    /// for letter in letters.try_iter() {
    ///     letter.resend(&ledger).await?;
    /// }
    /// assert_eq!(ledger.sum().await?, 5);
    /// # Ok(()) }
    /// ```
    pub fn dead_letters(mut self, hook: impl Fn(DeadLetter<S>) + Send + Sync + 'static) -> Self {
        self.dead_letters = Some(Arc::new(hook));
        self
    }
}

/// Hands over what senders had left in the mailbox, and drops the rest: one by one, so that a panic
/// of the user's costs no other message its way.
pub(crate) fn hand_over<S: Server>(core: &Core<S>, items: Vec<Item<S>>) {
    if items.is_empty() {
        return;
    }
    let hook = core.lock().cold().dead_letters.clone();
    for item in items {
        let Some(hook) = &hook else {
            drop_caught::<S, _>(item);
            continue;
        };
        let letter = || {
            if let Some(message) = sent(item) {
                hook(DeadLetter { message, id: core.id });
            }
        };
        if let Err(payload) = catch_unwind(AssertUnwindSafe(letter)) {
            report::panic_in_drop(S::NAME, "dead_letters", &*payload);
        }
    }
}

/// A message that somebody sent and nobody waits for.
fn sent<S: Server>(item: Item<S>) -> Option<S::Message> {
    if item.reply().is_some() {
        return None;
    }
    match item {
        Item::User(message) => Some(message),
        Item::Framed(framed) if matches!(framed.source, Source::Sender) => Some(framed.message),
        Item::Framed(_) | Item::Ask(_) | Item::Taken => None,
    }
}
