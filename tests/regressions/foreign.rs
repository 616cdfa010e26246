//! Code of the user's where the engine runs it in passing: wakers, the `Drop` of messages, hooks.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use genserver_runtime::prelude::*;
use tokio::time::{advance, sleep};

use crate::support::{in_time, runtime};

/// Panics when it is dropped where nobody looks.
struct Brittle;

impl Drop for Brittle {
    fn drop(&mut self) {
        panic!("expected: in drop");
    }
}

struct Shut;
struct Open;
struct Shop;

#[genserver(states(Shut: initial, Open: terminal), mailbox = 1)]
impl Shop {
    #[call(Shut => Open)]
    fn open(&self, shut: &Shut) -> Next {
        shut.goto(|_| Open)
    }

    #[enter(Open)]
    fn opened(&mut self) {
        panic!("expected: in a hook");
    }

    #[call]
    fn ask(&self) -> u32 {
        1
    }

    #[cast(Open, otherwise = postpone)]
    fn deliver(&mut self, brittle: Brittle) {
        std::mem::forget(brittle);
    }
}

#[tokio::test]
async fn a_refused_message_that_panics_in_its_drop_ends_no_server() {
    let shop = Shop::start(Shop, Shut).await.expect("it starts");
    for _ in 0..2 {
        // The second one finds no room beside the mailbox.
        shop.deliver(Brittle).await.expect("it is taken");
        assert_eq!(shop.ask().await, Ok(1));
    }
    assert_eq!(shop.counters().refused, 1);
}

struct Saver(Arc<AtomicBool>);

#[genserver]
impl Saver {
    #[cast]
    fn take(&mut self, brittle: Brittle) {
        std::mem::forget(brittle);
    }

    #[terminate]
    fn save(&mut self, _reason: &ExitReason) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn messages_that_panic_in_their_drop_keep_no_server_from_its_terminate() {
    let is_done = Arc::new(AtomicBool::new(false));
    let saver = Saver::start(Saver(Arc::clone(&is_done))).await.expect("it starts");
    for _ in 0..3 {
        saver.take(Brittle).try_send().expect("there is room");
    }
    let counters = saver.clone();
    saver.stop_now().await.expect("it stops");
    assert!(is_done.load(Ordering::Relaxed));
    assert_eq!(counters.counters().dead, 3);
}

struct Asker;

#[genserver]
impl Asker {
    /// Whether it has a deadline before and after a call whose handler panics on this stack.
    #[call]
    async fn open(&mut self, cx: &mut Cx<Self>, shop: ShopClient) -> [bool; 2] {
        let before = cx.deadline().is_some();
        let mut call = Box::pin(async { drop(shop.open().await) });
        poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx).is_ready())).await;
        [before, cx.deadline().is_some()]
    }
}

#[tokio::test]
async fn a_hook_that_panics_leaves_the_deadline_of_who_called() {
    let shop = Shop::start(Shop, Shut).await.expect("it starts");
    let asker = Asker::start(Asker).await.expect("it starts");
    assert_eq!(asker.open(shop).await, Ok([true, true]));
}

#[derive(Default)]
struct Bell(Vec<ReplyTo<u32>>);

#[genserver]
impl Bell {
    #[call]
    fn ring(&mut self, reply: ReplyTo<u32>) {
        self.0.push(reply);
    }

    #[call]
    fn hand_out(&mut self) -> Option<ReplyTo<u32>> {
        self.0.pop()
    }
}

/// Owns the right to reply to the request that it waits for.
struct Owner(#[expect(dead_code, reason = "it tells when it is dropped")] Mutex<ReplyTo<u32>>);

impl Wake for Owner {
    fn wake(self: Arc<Self>) {}
}

#[test]
fn a_waker_is_dropped_where_its_reply_is_not_locked() {
    let answer = in_time(|| {
        runtime().block_on(async {
            let bell = Bell::start(Bell::default()).await.expect("it starts");
            let mut ringing = bell.ring().send().await.expect("there is room");
            let reply = bell.hand_out().await.expect("it runs").expect("it rings");
            let owner = Waker::from(Arc::new(Owner(Mutex::new(reply))));
            let polled = Pin::new(&mut ringing).poll(&mut Context::from_waker(&owner));
            assert!(polled.is_pending());
            // The request has the last one, and drops it for the next.
            drop(owner);
            let _ = Pin::new(&mut ringing).poll(&mut Context::from_waker(Waker::noop()));
            ringing.await
        })
    });
    assert_eq!(answer, Err(ServerError::NoReply));
}

struct Fragile;

impl Wake for Fragile {
    fn wake(self: Arc<Self>) {
        panic!("expected: in a waker");
    }
}

#[tokio::test(start_paused = true)]
async fn a_waker_that_panics_ends_no_other_server() {
    let bell = Bell::start(Bell::default()).await.expect("it starts");
    let other = Bell::start(Bell::default()).name("other").await.expect("it starts");
    let mut ringing = bell.ring().send().await.expect("there is room");
    let fragile = Waker::from(Arc::new(Fragile));
    assert!(Pin::new(&mut ringing).poll(&mut Context::from_waker(&fragile)).is_pending());
    // Its time is over, and the ticker wakes it.
    advance(Duration::from_secs(6)).await;
    sleep(Duration::from_secs(1)).await;
    assert!(other.hand_out().await.expect("it runs").is_none());
    let late = bell.ring().timeout(Duration::from_secs(1)).await;
    assert!(matches!(late, Err(ServerError::Timeout(_))), "the ticker goes on: {late:?}");
}
