//! Races that must have one winner, and calls that come when it is nearly too late.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use genserver_runtime::Client;
use genserver_runtime::prelude::*;
use tokio::select;
use tokio::sync::Barrier;

use crate::random::{Random, rounds};
use crate::support::{BOTH, in_time, turns, until_tasks};

/// Counts what it handles.
struct Counter {
    value: u32,
    handled: Arc<AtomicU32>,
    dropped: Arc<AtomicU32>,
}

#[genserver]
impl Counter {
    #[init]
    async fn new(handled: Arc<AtomicU32>, dropped: Arc<AtomicU32>, after: u32) -> Self {
        turns(after).await;
        Self { value: 0, handled, dropped }
    }

    /// The next number: nobody else gets it.
    #[call]
    fn next(&mut self) -> u32 {
        self.handled.fetch_add(1, Ordering::SeqCst);
        self.value += 1;
        self.value
    }

    #[call]
    async fn next_later(&mut self) -> u32 {
        turns(1).await;
        self.next()
    }

    #[cast]
    fn count(&mut self) {
        self.handled.fetch_add(1, Ordering::SeqCst);
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.dropped.fetch_add(1, Ordering::SeqCst);
    }
}

#[derive(Clone, Debug, Default)]
struct Counts {
    handled: Arc<AtomicU32>,
    dropped: Arc<AtomicU32>,
}

impl Counts {
    fn handled(&self) -> u32 {
        self.handled.load(Ordering::SeqCst)
    }

    fn dropped(&self) -> u32 {
        self.dropped.load(Ordering::SeqCst)
    }

    async fn counter(&self) -> CounterClient {
        let start = Counter::start(Arc::clone(&self.handled), Arc::clone(&self.dropped), 0);
        start.await.expect("its init cannot fail")
    }
}

/// Each caller's numbers, in the order in which it got them.
async fn callers(count: u32, calls: u32, later: bool) {
    let counts = Counts::default();
    let counter = counts.counter().await;
    let mut callers = Vec::new();
    for _ in 0..count {
        let counter = counter.clone();
        callers.push(tokio::spawn(async move {
            let mut numbers = Vec::new();
            for _ in 0..calls {
                let call = counter.next_later();
                let next = if later { call.await } else { counter.next().await };
                numbers.push(next.expect("it runs"));
            }
            numbers
        }));
    }
    let mut all = HashSet::new();
    for caller in callers {
        let numbers = in_time("a caller", caller).await.expect("it does not panic");
        assert!(numbers.is_sorted(), "replies came to the wrong calls");
        all.extend(numbers);
    }
    assert_eq!(all.len() as u64, u64::from(count * calls), "a number was given twice");
    assert_eq!(counts.handled(), count * calls);
}

#[test]
fn of_64_callers_each_gets_numbers_of_its_own() {
    for threads in BOTH {
        threads.runtime().block_on(callers(64, 300, false));
        threads.runtime().block_on(callers(64, 60, true));
    }
}

/// What a starter came to.
#[derive(Debug)]
enum Came {
    First(CounterClient),
    Second(CounterClient),
    GaveUp,
}

async fn starter(mut random: Random, barrier: Arc<Barrier>, counts: Counts, may: bool) -> Came {
    let (after, patience) = (random.below(4), random.below(6));
    let start = Counter::start(counts.handled, counts.dropped, after).name("the one");
    barrier.wait().await;
    let started = if may && random.one_in(2) {
        select! {
            biased;
            started = start => started,
            () = turns(patience) => return Came::GaveUp,
        }
    } else {
        start.await
    };
    match started {
        Ok(client) => Came::First(client),
        Err(StartError::AlreadyStarted(client)) => Came::Second(client),
        Err(other) => panic!("{other}"),
    }
}

/// Eight starters of one name, some of which give up.
async fn claim(mut random: Random, give_up: bool) {
    let (counts, barrier) = (Counts::default(), Arc::new(Barrier::new(8)));
    let mut starters = Vec::new();
    for _ in 0..8 {
        let starter = starter(random.fork(), Arc::clone(&barrier), counts.clone(), give_up);
        starters.push(tokio::spawn(starter));
    }
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for starter in starters {
        match in_time("a starter", starter).await.expect("it does not panic") {
            Came::First(client) => first.push(client),
            Came::Second(client) => second.push(client),
            Came::GaveUp => assert!(give_up),
        }
    }
    if give_up {
        // A starter that gives up may leave the name to the next one, or to nobody.
        let ids: HashSet<_> = first.iter().filter(|one| one.is_running()).map(Client::id).collect();
        assert!(ids.len() <= 1, "{first:?}");
    } else {
        assert_eq!(first.len(), 1, "{first:?}");
        assert!(second.iter().all(|other| other.id() == first[0].id()), "{first:?} {second:?}");
    }
    let named = CounterClient::named("the one");
    assert_eq!(named.next().await.is_ok(), !first.is_empty());
    for client in &first {
        client.kill().await.expect("it is killed");
    }
    assert_eq!(named.next().await, Err(ServerError::NotRunning));
    drop(counts.counter().await);
    let again = Counter::start(counts.handled, counts.dropped, 0).name("the one").await;
    again.expect("the name is free").stop().await.expect("it stops");
    until_tasks(1).await;
}

#[test]
fn of_many_starters_of_one_name_exactly_one_wins() {
    for threads in BOTH {
        let runtime = threads.runtime();
        rounds(300, |mut random| {
            runtime.block_on(claim(random.fork(), false));
            runtime.block_on(claim(random, true));
        });
    }
}

/// A weak client's calls until the server has ended; how many were answered.
async fn late_calls(weak: CounterClient, mut random: Random) -> u32 {
    let mut answered = 0;
    loop {
        let outcome = match random.below(4) {
            0 => weak.next_later().no_timeout().await,
            1 => match weak.next().no_timeout().send().await {
                Ok(pending) => pending.await,
                Err(error) => Err(error),
            },
            _ => weak.next().no_timeout().await,
        };
        match outcome {
            Ok(_) => answered += 1,
            Err(ServerError::NotRunning | ServerError::Exit(ExitReason::Normal)) => {
                return answered;
            }
            Err(other) => panic!("{other}"),
        }
        turns(random.below(2)).await;
    }
}

/// The last client goes while others call: what was answered was handled, and nothing else but
/// the casts that the last client sent before it went.
async fn last_drop(mut random: Random) {
    let counts = Counts::default();
    let counter = counts.counter().await;
    if random.one_in(2) {
        // Now its drain task stays.
        for _ in 0..2 {
            counter.sync().await.expect("it runs");
        }
    }
    let weak = counter.weak();
    let (casts, before) = (random.below(5), random.below(20));
    let late: Vec<_> =
        (0..2).map(|_| tokio::spawn(late_calls(weak.clone(), random.fork()))).collect();
    let last = tokio::spawn(async move {
        turns(before).await;
        for _ in 0..casts {
            counter.count().await.expect("it runs");
        }
        drop(counter);
    });
    in_time("the last client", last).await.expect("it does not panic");
    let mut answered = 0;
    for late in late {
        answered += in_time("a late caller", late).await.expect("it does not panic");
    }
    until_tasks(1).await;
    assert_eq!(counts.handled(), answered + casts);
    assert_eq!(counts.dropped(), 1);
}

#[test]
fn the_last_client_goes_while_others_call() {
    for threads in BOTH {
        let runtime = threads.runtime();
        rounds(500, |random| runtime.block_on(last_drop(random)));
    }
}
