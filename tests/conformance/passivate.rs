//! `passivate = ".."`: a server that is found by name or key ends when nobody uses it.

use std::time::Duration;

use genserver_runtime::Activity;
use genserver_runtime::prelude::*;

use crate::support::{Gate, Journal, pass, settle, took};

const MINUTE: Duration = Duration::from_secs(60);
/// A minute but for a second.
const ALMOST: Duration = Duration::from_secs(59);
const HOUR: Duration = Duration::from_secs(3_600);
const SECOND: Duration = Duration::from_secs(1);

/// A cart that goes when nobody shops.
struct Cart {
    journal: Journal,
    owed: Option<ReplyTo<u32>>,
}

#[genserver(passivate = "60s", hibernate_after = "30s")]
impl Cart {
    #[init]
    fn new(journal: Journal) -> Self {
        Self { journal, owed: None }
    }

    #[call]
    fn get(&self) -> u32 {
        7
    }

    #[cast]
    fn add(&self) {}

    #[cast]
    async fn wait(&self, gate: Gate) {
        gate.pass().await;
    }

    #[call]
    fn later(&mut self, reply: ReplyTo<u32>) {
        self.owed = Some(reply);
    }

    #[cast]
    fn pay(&mut self) {
        let owed = self.owed.take().expect("it is owed");
        let _ = owed.reply(8);
    }

    #[terminate]
    fn close(&mut self, reason: &ExitReason) {
        self.journal.note(format!("terminate: {reason}"));
    }
}

/// A cart that only a name or a key holds, or both.
struct Shop {
    carts: Registry<u32, CartClient>,
    journal: Journal,
}

impl Shop {
    fn new() -> Self {
        Self { carts: Registry::new(), journal: Journal::new() }
    }

    /// A cart with a key.
    async fn open(&self) -> CartClient {
        let start = Cart::start(self.journal.clone()).key(&self.carts, 1);
        drop(start.await.expect("the key is free"));
        self.carts.client(1)
    }

    async fn open_named(&self) -> CartClient {
        let start = Cart::start(self.journal.clone()).name("cart");
        drop(start.await.expect("the name is free"));
        CartClient::named("cart")
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_nobody_uses_ends_and_its_name_and_key_are_free() {
    let shop = Shop::new();
    for named in [false, true] {
        let cart = if named { shop.open_named().await } else { shop.open().await };
        pass(ALMOST).await;
        assert!(cart.is_running(), "named: {named}");
        pass(2 * SECOND).await;
        assert!(!cart.is_running() && cart.id().is_none(), "named: {named}");
        assert_eq!(cart.get().await, Err(ServerError::NotRunning));
    }
    shop.journal.holds(&["terminate: normal"; 2]);
    assert!(shop.carts.is_empty());
    assert_eq!(shop.open().await.get().await, Ok(7), "the key is free");
    assert_eq!(shop.open_named().await.get().await, Ok(7), "the name is free");
}

#[tokio::test(start_paused = true)]
async fn a_server_with_name_and_key_ends_with_both() {
    let shop = Shop::new();
    let start = Cart::start(shop.journal.clone()).name("cart").key(&shop.carts, 1);
    drop(start.await.expect("they are free"));
    pass(MINUTE + SECOND).await;
    assert!(shop.carts.is_empty());
    assert!(CartClient::whereis("cart").is_none());
    shop.journal.holds(&["terminate: normal"]);
}

#[tokio::test(start_paused = true)]
async fn every_use_begins_the_time_anew() {
    let shop = Shop::new();
    let cart = shop.open().await;
    for kind in 0..4 {
        pass(ALMOST).await;
        match kind {
            0 => assert_eq!(cart.get().await, Ok(7)),
            1 => cart.add().await.expect("it runs"),
            2 => drop(cart.get().send().await.expect("it runs").await),
            _ => cart.sync().await.expect("it runs"),
        }
    }
    settle().await;
    pass(ALMOST).await;
    assert!(cart.is_running());
    pass(2 * SECOND).await;
    assert!(!cart.is_running());
}

#[tokio::test(start_paused = true)]
async fn sleep_does_not_put_the_end_off() {
    let shop = Shop::new();
    let cart = shop.open().await;
    pass(MINUTE / 2 + SECOND).await;
    let asleep = cart.sys().get_status().expect("it runs").activity;
    assert_eq!(asleep, Activity::Hibernating);
    pass(MINUTE / 2).await;
    assert!(!cart.is_running());
}

#[tokio::test(start_paused = true)]
async fn a_server_with_a_strong_client_stays_until_that_goes() {
    let shop = Shop::new();
    let cart = shop.open().await;
    let strong = cart.strong().expect("it runs");
    pass(HOUR).await;
    assert!(cart.is_running());
    shop.journal.holds(&[]);
    drop(strong);
    pass(2 * MINUTE).await;
    assert!(!cart.is_running());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_was_detached_stays() {
    let shop = Shop::new();
    let cart = shop.open().await;
    cart.detach();
    pass(HOUR).await;
    assert!(cart.is_running());
}

#[tokio::test(start_paused = true)]
async fn a_server_without_name_or_key_stays() {
    let journal = Journal::new();
    let cart = Cart::start(journal.clone()).detach().await.expect("its init cannot fail");
    pass(HOUR).await;
    assert!(cart.is_running());
    let weak = cart.weak();
    drop(cart);
    pass(HOUR).await;
    assert!(weak.is_running());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_owes_a_reply_stays_until_it_is_sent_or_not_awaited() {
    for paid in [false, true] {
        let shop = Shop::new();
        let cart = shop.open().await;
        let asked = cart.later().no_timeout().send().await.expect("there is room");
        pass(HOUR).await;
        assert!(cart.is_running());
        if paid {
            cart.pay().await.expect("it runs");
            assert_eq!(asked.await, Ok(8));
        } else {
            drop(asked);
        }
        pass(2 * MINUTE).await;
        assert!(!cart.is_running(), "paid: {paid}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_works_or_is_suspended_stays() {
    let shop = Shop::new();
    let cart = shop.open().await;
    let gate = Gate::new();
    cart.wait(gate.clone()).await.expect("there is room");
    pass(HOUR).await;
    assert!(cart.is_running());
    gate.open();
    cart.sys().suspend().await.expect("it runs");
    pass(HOUR).await;
    assert!(cart.is_running());
    cart.sys().resume().await.expect("it runs");
    pass(ALMOST).await;
    assert!(cart.is_running());
    pass(2 * SECOND).await;
    assert!(!cart.is_running());
}

#[tokio::test(start_paused = true)]
async fn the_end_can_be_awaited_and_is_normal() {
    let shop = Shop::new();
    let cart = shop.open().await;
    let begun = tokio::time::Instant::now();
    // It holds nothing.
    let weak = cart.weak();
    while weak.is_running() {
        pass(SECOND / 100).await;
    }
    took(begun, MINUTE);
    settle().await;
    shop.journal.holds(&["terminate: normal"]);
}

/// Its `terminate` takes long: the key is free before.
struct Slow {
    gate: Gate,
}

#[genserver(passivate = "60s")]
impl Slow {
    #[init]
    fn new(gate: Gate) -> Self {
        Self { gate }
    }

    #[call]
    fn get(&self) -> u32 {
        7
    }

    #[terminate]
    async fn close(&mut self, _: &ExitReason) {
        self.gate.pass().await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_key_is_free_before_terminate_runs() {
    let (registry, gate) = (Registry::<u32, SlowClient>::new(), Gate::new());
    drop(Slow::start(gate.clone()).key(&registry, 1).await.expect("the key is free"));
    let old = registry.client(1).weak();
    let id = old.id();
    gate.reached().await;
    assert!(registry.is_empty() && !old.is_running());
    let next = Slow::start(gate.clone()).key(&registry, 1).await.expect("the key is free");
    assert_ne!(next.id(), id);
    assert_eq!(registry.client(1).get().await, Ok(7), "the next incarnation answers");
    gate.open();
    gate.open();
}
