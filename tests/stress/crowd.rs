//! Many senders on few desks.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use genserver_runtime::Counters;

use crate::desk::{Desk, deaf, forgetful, patient, strict};
use crate::ledger::{Entry, Ledger, Letter};
use crate::random::{Random, rounds};
use crate::sender::{Office, Sender};
use crate::support::{BOTH, quiet, spawned, until_tasks};

/// How much happens in a round.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub senders: u32,
    pub steps: u32,
    /// Whether some handlers run on other threads.
    pub blocking: bool,
}

/// One round: everybody gets an outcome, in time, and the books agree.
pub async fn round<D: Desk>(mut random: Random, size: Size) {
    quiet();
    let ledger = Arc::new(Ledger::default());
    let mut offices = Vec::new();
    for number in 0..3 {
        offices.push(Office::<D>::open(&ledger, format!("office {number}")).await);
    }
    let offices = Arc::new(offices);
    let over = Arc::new(AtomicBool::new(false));
    let payer = tokio::spawn(pay(Arc::clone(&ledger), Arc::clone(&offices), Arc::clone(&over)));
    let mut crowd = Vec::new();
    for number in 0..size.senders {
        let sender = Sender {
            number,
            random: random.fork(),
            ledger: Arc::clone(&ledger),
            offices: Arc::clone(&offices),
            entries: Vec::new(),
            pending: VecDeque::new(),
            letters: 0,
            blocking: size.blocking,
        };
        crowd.push(tokio::spawn(spawned("a sender", sender.run(size.steps))));
    }
    let mut entries = Vec::new();
    for sender in crowd {
        entries.extend(sender.await.expect("it does not panic"));
    }
    over.store(true, Ordering::SeqCst);
    entries.extend(spawned("the payer", payer).await.expect("it does not panic"));
    let mut sum = Counters::default();
    for office in Arc::into_inner(offices).expect("everybody has gone") {
        let counters = spawned("the last stop", office.close()).await;
        sum.refused += counters.refused;
        sum.dropped += counters.dropped;
        sum.dead += counters.dead;
    }
    // Only the runtime's guard.
    until_tasks(1).await;
    ledger.close(&entries, &sum);
}

/// Has replies sent that were put off, for as long as there are senders.
async fn pay<D: Desk>(
    ledger: Arc<Ledger>,
    offices: Arc<Vec<Office<D>>>,
    over: Arc<AtomicBool>,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    for number in 0.. {
        for office in offices.iter() {
            let letter = Letter::new(&ledger, u32::MAX, number);
            let fate = letter.fate();
            let told = office.desk().pay(letter);
            entries.push(Entry { told, fate });
            // So that there are never many; it may have ended.
            let _ = office.desk().sync().await;
        }
        if over.load(Ordering::SeqCst) {
            break;
        }
        tokio::task::yield_now().await;
    }
    entries
}

fn crowds<D: Desk>() {
    let size = Size { senders: 24, steps: 60, blocking: true };
    for threads in BOTH {
        rounds(40, |random| threads.runtime().block_on(round::<D>(random, size)));
    }
}

#[test]
fn a_crowd_on_mailboxes_that_let_wait() {
    crowds::<patient::DeskClient>();
}

#[test]
fn a_crowd_on_mailboxes_that_refuse() {
    crowds::<strict::DeskClient>();
}

#[test]
fn a_crowd_on_mailboxes_that_drop_the_oldest() {
    crowds::<forgetful::DeskClient>();
}

#[test]
fn a_crowd_on_mailboxes_that_drop_the_newest() {
    crowds::<deaf::DeskClient>();
}
