//! What was sent, and what became of it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use genserver_runtime::prelude::*;
use genserver_runtime::{Counters, Executed};

/// The book of a round.
#[derive(Debug, Default)]
pub struct Ledger {
    letters: AtomicU64,
    /// Letters that were made and not dropped.
    letters_alive: AtomicU64,
    servers: AtomicU64,
    servers_alive: AtomicU64,
    kills: AtomicU64,
    /// Calls without a letter that were refused.
    refused: AtomicU64,
    /// What should not have been.
    wrong: Mutex<Vec<String>>,
}

impl Ledger {
    pub fn wrong(&self, what: String) {
        self.wrong.lock().expect("nothing panics under it").push(what);
    }

    pub fn count_kill(&self) {
        self.kills.fetch_add(1, Ordering::Relaxed);
    }

    pub fn count_refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Checked when the servers have ended and their clients are gone.
    #[track_caller]
    pub fn close(&self, told: &[Entry], counters: &Counters) {
        let wrong = self.wrong.lock().expect("nothing panics under it");
        assert!(wrong.is_empty(), "{:#?}", &wrong[..wrong.len().min(10)]);
        for Entry { told, fate } in told {
            let handled = fate.load(Ordering::SeqCst);
            let allowed = match told {
                Told::Replied => 1..=1,
                Told::Never(_) => 0..=0,
                Told::Sent | Told::Maybe(_) | Told::Cancelled => 0..=1,
            };
            assert!(allowed.contains(&handled), "handled {handled} times, but {told:?}");
        }
        assert_eq!(self.letters.load(Ordering::SeqCst), told.len() as u64);
        self.compare(told, counters);
        assert_eq!(self.letters_alive.load(Ordering::SeqCst), 0, "letters are left");
        assert_eq!(self.servers_alive.load(Ordering::SeqCst), 0, "servers are left");
        assert!(self.servers.load(Ordering::SeqCst) > 0, "nothing happened");
    }

    /// Sent is handled, dropped or dead; refused is refused.
    fn compare(&self, told: &[Entry], counters: &Counters) {
        let unhandled = |entry: &&Entry| entry.fate.load(Ordering::SeqCst) == 0;
        let count = |what: fn(&Told) -> bool| {
            told.iter().filter(unhandled).filter(|entry| what(&entry.told)).count() as u64
        };
        let full = count(|told| matches!(told, Told::Never(ServerError::Full)));
        let others = self.refused.load(Ordering::Relaxed);
        assert_eq!(counters.refused, full + others, "refused, and told so");
        let lost = counters.dropped + counters.dead;
        let sent = count(|told| matches!(told, Told::Sent));
        // A message whose sender did not wait for its being taken may have been taken.
        let cancelled = count(|told| matches!(told, Told::Cancelled));
        // A message that is taken out for its handler while a kill comes is not handled any more.
        let kills = self.kills.load(Ordering::Relaxed);
        assert!(
            sent <= lost + kills && lost <= sent + cancelled,
            "{sent} sent and not handled, {cancelled} cancelled, {kills} kills; {counters:?}"
        );
    }
}

/// How often a letter was handled.
pub type Fate = Arc<AtomicU64>;

/// What the sender of a letter knows of it.
#[derive(Debug)]
pub struct Entry {
    pub told: Told,
    pub fate: Fate,
}

/// What a sender was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The reply is the letter's own.
    Replied,
    /// It is in the mailbox.
    Sent,
    /// It was certainly not executed.
    Never(ServerError),
    Maybe(ServerError),
    /// Nobody listened.
    Cancelled,
}

impl From<ServerError> for Told {
    fn from(error: ServerError) -> Self {
        match error.executed() {
            Executed::No => Self::Never(error),
            _ => Self::Maybe(error),
        }
    }
}

impl From<Result<(), SendError>> for Told {
    fn from(sent: Result<(), SendError>) -> Self {
        sent.map_or_else(|error| Self::Never(error.into()), |()| Self::Sent)
    }
}

/// What travels.
#[derive(Debug)]
pub struct Letter {
    pub sender: u32,
    pub number: u32,
    ledger: Arc<Ledger>,
    fate: Fate,
}

impl Letter {
    pub fn new(ledger: &Arc<Ledger>, sender: u32, number: u32) -> Self {
        ledger.letters.fetch_add(1, Ordering::SeqCst);
        ledger.letters_alive.fetch_add(1, Ordering::SeqCst);
        Self { sender, number, ledger: Arc::clone(ledger), fate: Fate::default() }
    }

    pub fn ledger(&self) -> Arc<Ledger> {
        Arc::clone(&self.ledger)
    }

    pub fn fate(&self) -> Fate {
        Arc::clone(&self.fate)
    }

    /// What tells it from all others, and its reply from all others.
    pub fn id(&self) -> u64 {
        u64::from(self.sender) << 32 | u64::from(self.number)
    }
}

impl Drop for Letter {
    fn drop(&mut self) {
        self.ledger.letters_alive.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A server's own notes.
#[derive(Debug)]
pub struct Book {
    ledger: Arc<Ledger>,
    /// The newest letter of each sender.
    newest: HashMap<u32, u32>,
    /// Replies that were put off.
    owed: Vec<(u64, ReplyTo<u64>)>,
}

impl Book {
    pub fn new(ledger: Arc<Ledger>) -> Self {
        ledger.servers.fetch_add(1, Ordering::SeqCst);
        ledger.servers_alive.fetch_add(1, Ordering::SeqCst);
        Self { ledger, newest: HashMap::new(), owed: Vec::new() }
    }

    /// A letter is handled: once, and in the order of its sender.
    pub fn handle(&mut self, letter: &Letter) -> u64 {
        if letter.fate.fetch_add(1, Ordering::SeqCst) != 0 {
            self.ledger.wrong(format!("{letter:?} was handled twice"));
        }
        let newest = self.newest.insert(letter.sender, letter.number);
        if newest.is_some_and(|newest| newest >= letter.number) {
            self.ledger.wrong(format!("{letter:?} came after number {newest:?}"));
        }
        letter.id()
    }

    pub fn owe(&mut self, id: u64, reply: ReplyTo<u64>) {
        self.owed.push((id, reply));
    }

    /// Sends what is owed; who has gone is not told.
    pub fn pay(&mut self) {
        for (id, reply) in self.owed.drain(..) {
            let _ = reply.reply(id);
        }
    }
}

impl Drop for Book {
    fn drop(&mut self) {
        self.ledger.servers_alive.fetch_sub(1, Ordering::SeqCst);
    }
}
