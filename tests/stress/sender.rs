//! A sender of the crowd, and the offices it knows.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use genserver_runtime::prelude::*;
use genserver_runtime::{Counters, Pending};
use tokio::select;

use crate::desk::{Act, Desk, told};
use crate::ledger::{Entry, Fate, Ledger, Letter, Told};
use crate::random::Random;
use crate::support::turns;

/// Where there is always a desk: when one has ended, the first to notice opens the next.
pub struct Office<D> {
    name: String,
    ledger: Arc<Ledger>,
    desks: Mutex<Vec<D>>,
    reopening: tokio::sync::Mutex<()>,
}

impl<D: Desk> Office<D> {
    pub async fn open(ledger: &Arc<Ledger>, name: String) -> Self {
        let desk = D::open(Arc::clone(ledger), name.clone()).await;
        let desks = Mutex::new(vec![desk]);
        Self { name, ledger: Arc::clone(ledger), desks, reopening: tokio::sync::Mutex::default() }
    }

    /// The present desk.
    pub fn desk(&self) -> D {
        let desks = self.desks.lock().expect("nothing panics under it");
        desks.last().expect("there always is one").clone()
    }

    async fn reopen(&self) {
        let _turn = self.reopening.lock().await;
        if !self.desk().is_running() {
            let desk = D::open(Arc::clone(&self.ledger), self.name.clone()).await;
            self.desks.lock().expect("nothing panics under it").push(desk);
        }
    }

    /// The last desk ends; what all of them counted.
    pub async fn close(self) -> Counters {
        let outcome = self.desk().stop().await;
        if !matches!(outcome, Ok(()) | Err(ServerError::NotRunning | ServerError::Exit(_))) {
            self.ledger.wrong(format!("the last stop came to {outcome:?}"));
        }
        let mut sum = Counters::default();
        for desk in self.desks.into_inner().expect("nothing panics under it") {
            let counters = desk.counters();
            sum.refused += counters.refused;
            sum.dropped += counters.dropped;
            sum.dead += counters.dead;
        }
        sum
    }
}

/// Sends letters of all kinds, one after the other, and notes what it is told.
pub struct Sender<D> {
    pub number: u32,
    pub random: Random,
    pub ledger: Arc<Ledger>,
    pub offices: Arc<Vec<Office<D>>>,
    pub entries: Vec<Entry>,
    pub pending: VecDeque<(Pending<u64>, u64, Fate)>,
    pub letters: u32,
    pub blocking: bool,
}

impl<D: Desk> Sender<D> {
    pub async fn run(mut self, steps: u32) -> Vec<Entry> {
        for _ in 0..steps {
            match self.random.below(100) {
                0 => self.end().await,
                1..=9 => self.send().await,
                10..=18 => self.settle().await,
                _ => self.act().await,
            }
        }
        while !self.pending.is_empty() {
            self.settle().await;
        }
        self.entries
    }

    fn letter(&mut self) -> (Letter, u64, Fate) {
        self.letters += 1;
        let letter = Letter::new(&self.ledger, self.number, self.letters);
        let (id, fate) = (letter.id(), letter.fate());
        (letter, id, fate)
    }

    fn pick(&mut self) -> (Arc<Vec<Office<D>>>, usize, D) {
        let offices = Arc::clone(&self.offices);
        let at = self.random.below(u32::try_from(offices.len()).expect("few")) as usize;
        let desk = match self.random.below(3) {
            0 => D::named(offices[at].name.as_str()),
            1 => offices[at].desk().weak(),
            _ => offices[at].desk(),
        };
        (offices, at, desk)
    }

    /// Ends a desk, in one way or another.
    async fn end(&mut self) {
        let (offices, at, _) = self.pick();
        let desk = offices[at].desk();
        let stop = match self.random.below(4) {
            0 => desk.stop(),
            1 => desk.stop_now(),
            2 => desk.stop_with(ExitReason::Other("enough".into())),
            _ => {
                self.ledger.count_kill();
                desk.kill()
            }
        };
        if self.random.one_in(3) {
            // It goes on by itself.
            return drop(stop);
        }
        let outcome = stop.await;
        if !matches!(outcome, Ok(()) | Err(ServerError::NotRunning | ServerError::Exit(_))) {
            self.ledger.wrong(format!("a stop came to {outcome:?}"));
        }
        self.has_ended(&desk);
        offices[at].reopen().await;
    }

    /// Whoever is told of the end finds the server ended.
    fn has_ended(&self, desk: &D) {
        if desk.is_running() {
            self.ledger.wrong(format!("{desk:?} runs although its end was told"));
        }
    }

    /// Sends a request whose reply is taken later, or never.
    async fn send(&mut self) {
        let (offices, at, desk) = self.pick();
        let (letter, id, fate) = self.letter();
        match desk.send(letter).await {
            Ok(pending) => self.pending.push_back((pending, id, fate)),
            Err(error) => {
                self.entries.push(Entry { told: error.into(), fate });
                offices[at].reopen().await;
            }
        }
    }

    async fn settle(&mut self) {
        let Some((pending, id, fate)) = self.pending.pop_front() else { return };
        let told = if self.random.one_in(4) {
            drop(pending);
            Told::Cancelled
        } else {
            told(&self.ledger, id, pending.await)
        };
        self.entries.push(Entry { told, fate });
    }

    async fn act(&mut self) {
        let (offices, at, desk) = self.pick();
        let other = self.pick().2;
        let (letter, _, fate) = self.letter();
        let acts = acts(self.random.below(6), self.blocking);
        let act = *self.random.pick(&acts);
        let acting = desk.act(act, letter, &other);
        let told = if self.random.one_in(5) {
            let after = self.random.below(8);
            select! {
                biased;
                told = acting => told,
                () = turns(after) => Told::Cancelled,
            }
        } else {
            acting.await
        };
        if matches!(told, Told::Never(ServerError::NotRunning) | Told::Maybe(ServerError::Exit(_)))
        {
            offices[at].reopen().await;
        }
        self.entries.push(Entry { told, fate });
    }
}

/// What is done how often.
fn acts(after: u32, blocking: bool) -> [Act; 24] {
    use Act::{
        Boom, BoomLater, Echo, EchoAndStop, EchoAtOnce, EchoBlocking, EchoDeferred, EchoFromTask,
        EchoLater, EchoQueued, EchoReady, Forward, Info, Note, NoteAndBoom, NoteAtOnce, NoteLater,
        Post,
    };
    let ends = match after {
        0 => [Boom, BoomLater(2), EchoAndStop],
        1 => [NoteAndBoom, if blocking { EchoBlocking } else { Echo }, Echo],
        _ => [Echo, EchoReady, Note],
    };
    [
        ends[0],
        ends[1],
        ends[2],
        Echo,
        Echo,
        EchoReady,
        EchoReady,
        EchoLater(after),
        EchoLater(1),
        EchoQueued,
        EchoQueued,
        EchoDeferred,
        EchoFromTask(after),
        EchoAtOnce,
        Forward,
        Forward,
        Note,
        Note,
        NoteLater(after),
        NoteAtOnce,
        NoteAtOnce,
        Post,
        Post,
        Info,
    ]
}
