//! Bounds, policies, and the positions of ends.

use std::pin::Pin;
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use genserver_runtime::Pending;
use genserver_runtime::prelude::*;
use tokio::sync::mpsc::UnboundedSender;

use crate::servers::{Cell, CellClient};
use crate::support::{Drops, Gate, Latch, settle, soon, workers};

type Numbers = UnboundedSender<u32>;

/// Notes what it handles.
macro_rules! noter {
    ($server:ident, $policy:ident) => {
        struct $server {
            numbers: Numbers,
        }

        #[genserver(mailbox = 2, overflow = $policy)]
        impl $server {
            #[init]
            fn new(numbers: Numbers) -> Self {
                Self { numbers }
            }

            #[cast]
            async fn wait(&self, gate: Gate) {
                gate.pass().await;
            }

            #[cast(unbounded)]
            async fn wait_always(&self, gate: Gate) {
                gate.pass().await;
            }

            #[cast]
            fn tell(&self, number: u32) {
                self.numbers.send(number).expect("the test listens");
            }

            #[cast(unbounded)]
            fn tell_always(&self, number: u32) {
                self.numbers.send(number).expect("the test listens");
            }

            #[call]
            fn ask(&self, number: u32) {
                self.numbers.send(number).expect("the test listens");
            }
        }
    };
}

noter!(Forgetful, drop_oldest);
noter!(Strict, reject);

#[tokio::test(start_paused = true)]
async fn a_stop_stays_behind_the_call_before_it_when_casts_behind_both_are_dropped() {
    let (numbers, mut said) = tokio::sync::mpsc::unbounded_channel();
    let server = Forgetful::start(numbers).await.expect("its init cannot fail");
    let gate = Gate::new();
    server.wait(gate.clone()).await.expect("there is room");
    gate.reached().await;
    let call = server.ask(1).send().await.expect("there is room");
    server.tell(3).await.expect("it drops nothing");
    let stop = server.stop();
    server.tell(4).await.expect("it drops the first");
    server.tell(5).await.expect("it drops the second");
    gate.open();
    assert_eq!(soon(call).await, Ok(()));
    soon(stop).await.expect("it stops");
    assert_eq!(said.recv().await, Some(1));
    assert_eq!(server.counters().dropped, 2);
    drop(server);
    assert_eq!(said.recv().await, None);
}

#[tokio::test(start_paused = true)]
async fn messages_that_do_not_count_take_no_room_in_a_running_batch() {
    let (numbers, mut said) = tokio::sync::mpsc::unbounded_channel();
    let server = Strict::start(numbers).await.expect("its init cannot fail");
    let (first, second) = (Gate::new(), Gate::new());
    server.wait(first.clone()).await.expect("there is room");
    first.reached().await;
    server.tell(1).await.expect("there is room");
    server.wait_always(second.clone()).await.expect("it needs no room");
    server.tell_always(2).await.expect("it needs no room");
    first.open();
    second.reached().await;
    assert_eq!(server.tell(3).try_send(), Ok(()), "the batch holds nothing that counts");
    assert_eq!(server.tell(4).try_send(), Ok(()));
    assert_eq!(server.tell(5).try_send(), Err(SendError::Full));
    second.open();
    for number in 1..=4 {
        assert_eq!(said.recv().await, Some(number));
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_found_room_is_executed_although_its_reply_is_given_up() {
    let start = Cell::start(Drops::default()).mailbox(1);
    let cell = start.await.expect("its init cannot fail");
    let (first, second) = (Gate::new(), Gate::new());
    cell.wait(first.clone()).await.expect("there is room");
    first.reached().await;
    cell.wait(second.clone()).await.expect("there is room");
    let waiting = tokio::spawn({
        let cell = cell.clone();
        async move { cell.add(1).send().await }
    });
    settle().await;
    assert!(!waiting.is_finished(), "there is no room");
    first.open();
    second.reached().await;
    // Now it lies in the queue, behind the handler that waits.
    drop(soon(waiting).await.expect("the sender does not panic").expect("it found room"));
    second.open();
    assert_eq!(cell.add(0).await, Ok(1));
}

type Sending = Pin<Box<dyn Future<Output = Result<Pending<u64>, ServerError>> + Send>>;

/// A request on its way, without the client's lifetime.
fn sending(cell: &CellClient) -> Sending {
    let cell = cell.clone();
    Box::pin(async move { cell.add(1).send().await })
}

fn poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Runs something where a task would be woken.
struct Hook(Mutex<Option<Box<dyn FnOnce() + Send>>>);

impl Wake for Hook {
    fn wake(self: Arc<Self>) {
        let hook = self.0.lock().expect("nothing panics under it").take();
        if let Some(hook) = hook {
            hook();
        }
    }
}

#[test]
fn a_reply_that_comes_before_its_sender_knows_of_the_room_is_not_lost() {
    let runtime = workers();
    let start = runtime.block_on(async { Cell::start(Drops::default()).mailbox(2).await });
    let cell = start.expect("its init cannot fail");
    let (first, second, (mark, marked)) = (Latch::new(), Latch::new(), mpsc::channel());
    cell.block_for_nobody(first.clone()).try_send().expect("there is room");
    first.reached();
    cell.bump(0).try_send().expect("there is room");
    cell.block_for_nobody(second.clone()).try_send().expect("there is room");
    let late = Arc::new(Mutex::new(sending(&cell)));
    let hook = {
        let (late, second) = (Arc::clone(&late), second.clone());
        // Between the room's two new messages being let in and the second sender being told.
        move || {
            second.release();
            marked.recv_timeout(Duration::from_secs(60)).expect("the third one is handled");
            let polled = poll(&mut *late.lock().expect("nothing panics under it"));
            assert!(polled.is_pending(), "it was not told yet");
        }
    };
    let hook = Waker::from(Arc::new(Hook(Mutex::new(Some(Box::new(hook))))));
    let mut early = sending(&cell);
    assert!(early.as_mut().poll(&mut Context::from_waker(&hook)).is_pending());
    assert!(poll(&mut *late.lock().expect("nothing panics under it")).is_pending());
    first.release();
    second.reached();
    // Both of the batch's messages are out of the mailbox: the third sender lets the others in.
    let mut third = Box::pin(async { cell.mark(mark).send().await });
    assert!(matches!(poll(&mut third), Poll::Ready(Ok(_))), "it was handled meanwhile");
    let Poll::Ready(Ok(mut reply)) = poll(&mut *late.lock().expect("nothing panics under it"))
    else {
        panic!("it was let in")
    };
    assert_eq!(poll(&mut reply), Poll::Ready(Ok(2)));
}

#[tokio::test(start_paused = true)]
async fn a_stop_stays_behind_the_call_before_it_when_one_behind_both_is_withdrawn() {
    let front = Front::start().await.expect("its init cannot fail");
    front.meet(front.weak()).await.expect("it runs");
    let gate = Gate::new();
    let circle = front.around(gate.clone()).send().await.expect("there is room");
    gate.reached().await;
    let before = front.get().send().await.expect("there is room");
    let stop = front.stop();
    gate.open();
    assert_eq!(soon(circle).await, Ok(true), "the circle was found");
    assert_eq!(soon(before).await, Ok(1));
    soon(stop).await.expect("it stops");
}

/// Calls itself around a corner.
struct Front {
    corner: CornerClient,
    me: Option<FrontClient>,
}

#[genserver]
impl Front {
    #[init]
    async fn new() -> Self {
        let corner = Corner::start().await.expect("its init cannot fail");
        Self { corner, me: None }
    }

    #[call]
    fn meet(&mut self, me: FrontClient) {
        self.me = Some(me);
    }

    #[call]
    fn get(&self) -> u32 {
        1
    }

    #[call]
    async fn around(&self, gate: Gate) -> bool {
        let me = self.me.clone().expect("told before");
        self.corner.call(me, gate).await.expect("it runs")
    }
}

struct Corner;

#[genserver]
impl Corner {
    #[init]
    fn new() -> Self {
        Self
    }

    /// Whether the call was refused as a circle.
    #[call]
    async fn call(&self, front: FrontClient, gate: Gate) -> bool {
        gate.pass().await;
        let outcome = front.get().no_timeout().await;
        matches!(outcome, Err(ServerError::Deadlock(path)) if path.withdrawn)
    }
}
