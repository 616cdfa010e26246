//! Messages race the end of a server that nobody uses: each is handled once, or its sender is told
//! and sends it to the next incarnation.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::time::Duration;

use genserver_runtime::prelude::*;
use tokio::runtime::Builder;

use crate::random::{Random, rounds};
use crate::support::{Threads, in_time, turns};

/// After so long without a message a cart ends.
const PATIENCE: Duration = Duration::from_millis(1);
const KEYS: u32 = 4;

/// How often each message was handled, and how many carts there were.
#[derive(Debug, Default)]
struct Book {
    handled: Vec<AtomicU8>,
    carts: AtomicU32,
    closed: AtomicU32,
}

impl Book {
    fn new(messages: u32) -> Arc<Self> {
        let handled = (0..messages).map(|_| AtomicU8::new(0)).collect();
        Arc::new(Self { handled, ..Self::default() })
    }

    #[track_caller]
    fn check(&self) {
        let wrong = |times: &AtomicU8| times.load(Ordering::SeqCst) != 1;
        let wrong: Vec<_> =
            self.handled.iter().enumerate().filter(|(_, times)| wrong(times)).take(10).collect();
        assert!(wrong.is_empty(), "not handled once: {wrong:?}");
    }
}

/// Notes what it is sent.
struct Cart {
    book: Arc<Book>,
}

#[genserver(passivate = PATIENCE)]
impl Cart {
    #[init]
    fn new(book: Arc<Book>) -> Self {
        book.carts.fetch_add(1, Ordering::SeqCst);
        Self { book }
    }

    #[call]
    fn get(&self, number: u32) {
        self.note(number);
    }

    #[cast]
    fn put(&self, number: u32) {
        self.note(number);
    }

    #[cast(priority = high)]
    fn put_first(&self, number: u32) {
        self.note(number);
    }

    #[terminate]
    fn close(&mut self, reason: &ExitReason) {
        assert_eq!(*reason, ExitReason::Normal);
        self.book.closed.fetch_add(1, Ordering::SeqCst);
    }
}

impl Cart {
    fn note(&self, number: u32) {
        self.book.handled[number as usize].fetch_add(1, Ordering::SeqCst);
    }
}

#[derive(Clone)]
struct Carts {
    registry: Registry<u32, CartClient>,
    book: Arc<Book>,
}

impl Carts {
    fn new(messages: u32) -> Self {
        Self { registry: Registry::new(), book: Book::new(messages) }
    }

    /// Sends a message in one of many ways, until a cart has taken it.
    async fn send(&self, key: u32, number: u32, how: u32) {
        let cart = self.registry.client(key);
        loop {
            let sent = match how {
                0 => cart.put(number).await.map_err(Into::into),
                1 => cart.put_first(number).await.map_err(Into::into),
                2 => match cart.get(number).send().await {
                    Ok(pending) => pending.await,
                    Err(error) => Err(error),
                },
                _ => cart.get(number).await,
            };
            match sent {
                Ok(()) => return,
                Err(ServerError::NotRunning) => {}
                Err(other) => panic!("{number}: {other}"),
            }
            let start = Cart::start(Arc::clone(&self.book)).key(&self.registry, key);
            match start.await {
                Ok(_) | Err(StartError::AlreadyStarted(_)) => {}
                Err(other) => panic!("{number}: {other}"),
            }
        }
    }

    /// All that was sent is handled: once.
    async fn close(self) {
        for key in self.registry.keys() {
            // One that ended meanwhile had handled all.
            let _ = self.registry.client(key).sync().await;
        }
        self.book.check();
        while !self.registry.is_empty() {
            tokio::time::sleep(PATIENCE).await;
        }
        while self.book.closed.load(Ordering::SeqCst) < self.book.carts.load(Ordering::SeqCst) {
            turns(1).await;
        }
    }
}

/// Sends its part in bursts, with a rest as long as the carts' patience between them.
async fn sender(carts: Carts, from: u32, count: u32, mut random: Random) {
    let mut left = count;
    while left > 0 {
        let burst = random.below(128).min(left);
        let key = random.below(KEYS);
        for number in left - burst..left {
            carts.send(key, from + number, random.below(6)).await;
        }
        left -= burst;
        if random.one_in(3) {
            tokio::time::sleep(PATIENCE + Duration::from_micros(u64::from(random.below(500))))
                .await;
            turns(random.below(4)).await;
        }
    }
}

async fn send_all(messages: u32, mut random: Random) -> u32 {
    let carts = Carts::new(messages);
    let senders: Vec<_> = (0..4)
        .map(|at| {
            let count = messages / 4;
            tokio::spawn(sender(carts.clone(), at * count, count, random.fork()))
        })
        .collect();
    for sender in senders {
        in_time("a sender", sender).await.expect("it does not panic");
    }
    let book = Arc::clone(&carts.book);
    in_time("the end", carts.close()).await;
    book.carts.load(Ordering::SeqCst)
}

#[test]
fn of_a_million_late_messages_none_is_lost_and_none_is_handled_twice() {
    let carts = Threads::Two.runtime().block_on(send_all(1_000_000, Random::new(1)));
    assert!(carts > KEYS, "only {carts} carts: nothing raced");
}

/// On the paused clock: one message at the very time of the end, so many turns before or after it.
async fn one_late(mut random: Random) {
    let carts = Carts::new(40);
    for number in 0..40 {
        carts.send(0, number, random.below(6)).await;
        turns(random.below(6)).await;
        tokio::time::advance(PATIENCE).await;
        turns(random.below(6)).await;
    }
    carts.close().await;
}

#[test]
fn a_message_at_the_very_time_of_the_end_is_handled_once() {
    rounds(300, |random| {
        let runtime = Builder::new_current_thread().enable_all().start_paused(true).build();
        runtime.expect("a runtime can be built").block_on(one_late(random));
    });
}
