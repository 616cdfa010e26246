//! The letters that are sent, and what became of each.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

/// What became of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// No handler saw it, and no hook.
    Unread,
    /// Its handler did not come to its end: killed, or panicked.
    Begun,
    Handled,
    /// The hook for dead letters got it.
    Dead,
}

#[derive(Default)]
pub struct Books(Mutex<Pages>);

#[derive(Default)]
struct Pages {
    /// By number; `None` while the letter is somewhere.
    fates: Vec<Option<Fate>>,
    /// By number: whether the server took it; `None` while its sender waits.
    taken: Vec<Option<bool>>,
    /// The hook for dead letters runs.
    burying: bool,
    /// The last one of each sender that a handler saw.
    last: BTreeMap<usize, usize>,
    /// Those that a handler saw after a later one of the same sender.
    overtaken: Vec<usize>,
}

/// Something to be handled once, or not at all.
pub struct Letter {
    books: Arc<Books>,
    sender: usize,
    number: usize,
    fate: Fate,
}

impl Books {
    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().expect("nobody panics with it")
    }

    /// The next letter of a sender.
    pub fn write(self: &Arc<Self>, sender: usize) -> Letter {
        let mut pages = self.pages();
        let number = pages.fates.len();
        pages.fates.push(None);
        pages.taken.push(None);
        Letter { books: Arc::clone(self), sender, number, fate: Fate::Unread }
    }

    /// Notes what the sender was told.
    pub fn sent(&self, number: usize, taken: bool) {
        self.pages().taken[number] = Some(taken);
    }

    /// Drops what the hook for dead letters got.
    pub fn bury<T>(&self, dead: T) {
        self.pages().burying = true;
        drop(dead);
        self.pages().burying = false;
    }

    /// How many of this fate.
    pub fn count(&self, fate: Fate) -> usize {
        self.pages().fates.iter().filter(|&&known| known == Some(fate)).count()
    }

    /// A letter that was taken was handled, or begun, or is dead; one that was not taken was seen by
    /// nobody. None is on its way.
    pub fn faults(&self) -> Vec<String> {
        let pages = self.pages();
        let both = pages.fates.iter().zip(&pages.taken).enumerate();
        let wrong = both.filter(|(_, (fate, taken))| match (fate, taken) {
            (None, _) | (_, None) => true,
            (Some(fate), Some(taken)) => (*fate == Fate::Unread) == *taken,
        });
        let wrong = wrong.map(|(number, both)| format!("letter {number}: fate, taken: {both:?}"));
        let late = pages.overtaken.iter().map(|number| format!("letter {number} was overtaken"));
        wrong.chain(late).collect()
    }
}

impl Letter {
    pub fn number(&self) -> usize {
        self.number
    }

    /// In a handler: it is read.
    pub fn begin(&mut self) {
        self.fate = Fate::Begun;
        let mut pages = self.books.pages();
        if pages.last.insert(self.sender, self.number).is_some_and(|last| last > self.number) {
            pages.overtaken.push(self.number);
        }
    }

    pub fn finish(mut self) {
        self.fate = Fate::Handled;
    }
}

impl Drop for Letter {
    fn drop(&mut self) {
        let mut pages = self.books.pages();
        let fate = if pages.burying { Fate::Dead } else { self.fate };
        pages.fates[self.number] = Some(fate);
    }
}
