//! Messages to a server that runs.

use std::time::Duration;

use genserver_runtime::prelude::*;

/// How many casts or infos come before the server is asked what became of them.
const BURST: u64 = 20;

#[derive(Default)]
pub struct Counter {
    value: u64,
}

/// One more.
struct Tick;

#[genserver]
impl Counter {
    #[call]
    pub fn add(&mut self, by: u64) -> u64 {
        self.value += by;
        self.value
    }

    #[call]
    pub async fn add_async(&mut self, by: u64) -> u64 {
        self.value += by;
        self.value
    }

    /// Passes the call on.
    #[call]
    async fn add_at(&self, other: CounterClient, by: u64) -> u64 {
        other.add(by).await.expect("it runs")
    }

    /// An end as a panic brings it about, without the unwinding, which is not ours.
    #[call]
    pub fn fail(&mut self, cx: &mut Cx<Self>) {
        cx.stop(ExitReason::Other("asked to".into()));
    }

    #[call]
    fn tick_soon(&mut self, cx: &mut Cx<Self>) {
        cx.send_after(Duration::ZERO, Tick);
    }

    #[cast]
    fn bump(&mut self, by: u64) {
        self.value += by;
    }

    #[info]
    fn tick(&mut self, _: Tick) {
        self.value += 1;
    }
}

/// A server whose calls all go through the queue.
struct Queue(u64);

#[genserver(inline = false)]
impl Queue {
    #[call]
    fn add(&mut self, by: u64) -> u64 {
        self.0 += by;
        self.0
    }

    #[call(timeout = infinity)]
    fn add_untimed(&mut self, by: u64) -> u64 {
        self.0 += by;
        self.0
    }
}

pub async fn start() -> CounterClient {
    Counter::start(Counter::default()).await.expect("it starts")
}

pub async fn call(times: u64) {
    let counter = start().await;
    for value in 1..=times {
        assert_eq!(counter.add(1).await, Ok(value));
    }
}

pub async fn async_call(times: u64) {
    let counter = start().await;
    for value in 1..=times {
        assert_eq!(counter.add_async(1).await, Ok(value));
    }
}

/// The server's drain task wakes for each.
pub async fn queued_call(times: u64) {
    let counter = start().await;
    for value in 1..=times {
        let pending = counter.add(1).send().await.expect("there is room");
        assert_eq!(pending.await, Ok(value));
    }
}

pub async fn mailbox_call(times: u64) {
    let queue = Queue::start(Queue(0)).await.expect("it starts");
    for value in 1..=times {
        assert_eq!(queue.add(1).await, Ok(value));
    }
}

pub async fn untimed_call(times: u64) {
    let queue = Queue::start(Queue(0)).await.expect("it starts");
    for value in 1..=times {
        assert_eq!(queue.add_untimed(1).await, Ok(value));
    }
}

/// What one server asks of another does not wait: it runs inline, too.
pub async fn nested_call(times: u64) {
    let (counter, relay) = (start().await, start().await);
    for value in 1..=times {
        assert_eq!(relay.add_at(counter.clone(), 1).await, Ok(value));
    }
}

pub async fn cast_burst(times: u64) {
    let counter = start().await;
    for burst in 1..=times {
        for _ in 0..BURST {
            counter.bump(1).await.expect("there is room");
        }
        assert_eq!(counter.add(0).await, Ok(burst * BURST));
    }
}

pub async fn info_burst(times: u64) {
    let counter = start().await;
    for burst in 1..=times {
        for _ in 0..BURST {
            counter.send_info(Tick).await.expect("there is room");
        }
        assert_eq!(counter.add(0).await, Ok(burst * BURST));
    }
}

pub async fn timer(times: u64) {
    let counter = start().await;
    for value in 1..=times {
        counter.tick_soon().await.expect("it runs");
        while counter.add(0).await != Ok(value) {
            tokio::task::yield_now().await;
        }
    }
}
