//! What is done with one of many.

use std::future::Future;
use std::sync::{Mutex, PoisonError};

use genserver_runtime::Client;

use super::server::{Counter, CounterClient, Twin};
use crate::contender::Contender;
use crate::contenders::hand_written::HandWritten;

/// What is measured while so many of them live.
pub trait Operation: 'static {
    /// What it is called in the tables and at `--only`.
    const NAME: &'static str;
    /// Whether no server of this project has a part in it.
    const REFERENCE: bool = false;
    /// With how many of them it is measured at the most.
    const SERVERS_MAX: u32 = u32::MAX;

    /// One of the crowd.
    type One: Send + 'static;

    fn start() -> impl Future<Output = Self::One> + Send;

    /// Does it; gives a number that is known only when it is done.
    fn operate(one: &mut Self::One) -> impl Future<Output = u64> + Send;

    /// Waits for what the operation has only begun; `last` is where it was done last.
    fn settle(_last: &Self::One) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// How often it was done with this one.
    fn done(one: &Self::One) -> impl Future<Output = u64> + Send;
}

async fn start() -> CounterClient {
    Counter::start(Counter::new()).await.expect("it starts")
}

async fn value(server: &CounterClient) -> u64 {
    server.value().await.expect("it runs")
}

/// A call of an idle server, which runs where it is made.
pub struct InlineCall;

impl Operation for InlineCall {
    const NAME: &'static str = "call";
    type One = CounterClient;

    async fn start() -> Self::One {
        start().await
    }

    async fn operate(one: &mut Self::One) -> u64 {
        one.add().await.expect("it runs")
    }

    async fn done(one: &Self::One) -> u64 {
        value(one).await
    }
}

/// A call through the mailbox.
pub struct QueuedCall;

impl Operation for QueuedCall {
    const NAME: &'static str = "queued call";
    type One = CounterClient;

    async fn start() -> Self::One {
        start().await
    }

    async fn operate(one: &mut Self::One) -> u64 {
        one.add_queued().await.expect("it runs")
    }

    async fn done(one: &Self::One) -> u64 {
        value(one).await
    }
}

/// The same where no task waits for work: of a server that sleeps, as one does that was not called for a
/// second.
pub struct RousingCall;

impl Operation for RousingCall {
    const NAME: &'static str = "queued call, asleep";
    type One = CounterClient;

    async fn start() -> Self::One {
        start().await
    }

    async fn operate(one: &mut Self::One) -> u64 {
        one.add_and_sleep().await.expect("it runs")
    }

    async fn done(one: &Self::One) -> u64 {
        value(one).await
    }
}

/// A cast, with its handling: the runtime runs the servers whenever the sender's turn is over.
pub struct Cast;

impl Operation for Cast {
    const NAME: &'static str = "cast";
    type One = CounterClient;

    async fn start() -> Self::One {
        start().await
    }

    async fn operate(one: &mut Self::One) -> u64 {
        one.count().await.expect("it runs");
        0
    }

    /// Servers are woken in the order in which they were sent to: when the last one replies, all others
    /// are done.
    async fn settle(last: &Self::One) {
        value(last).await;
    }

    async fn done(one: &Self::One) -> u64 {
        value(one).await
    }
}

/// A server is stopped, a new one takes its place and is called once.
pub struct Replacement;

/// A place whose server is replaced.
pub struct Place {
    server: CounterClient,
    replaced: u64,
}

impl Operation for Replacement {
    const NAME: &'static str = "start, call, stop";
    type One = Place;

    async fn start() -> Self::One {
        Place { server: start().await, replaced: 0 }
    }

    async fn operate(one: &mut Self::One) -> u64 {
        one.server.stop().await.expect("it stops");
        one.server = start().await;
        one.replaced += one.server.add().await.expect("it runs");
        one.replaced
    }

    async fn done(one: &Self::One) -> u64 {
        one.replaced
    }
}

/// A queued call of what one writes without a library.
pub struct HandWrittenCall;

impl Operation for HandWrittenCall {
    const NAME: &'static str = "hand-written actor: call";
    const REFERENCE: bool = true;
    /// More of them need more memory than all others together.
    const SERVERS_MAX: u32 = 100_000;
    type One = <HandWritten as Contender>::Server;

    async fn start() -> Self::One {
        HandWritten::start().await
    }

    async fn operate(one: &mut Self::One) -> u64 {
        HandWritten::call(one).await
    }

    async fn done(one: &Self::One) -> u64 {
        HandWritten::call(one).await - 1
    }
}

/// The least that there is: a box with a lock around the state.
pub struct Locked;

impl Operation for Locked {
    const NAME: &'static str = "boxed mutex";
    const REFERENCE: bool = true;
    type One = Box<Mutex<u64>>;

    async fn start() -> Self::One {
        Box::default()
    }

    async fn operate(one: &mut Self::One) -> u64 {
        // As one who shares it.
        let one: &Self::One = one;
        let mut count = one.lock().unwrap_or_else(PoisonError::into_inner);
        *count += 1;
        *count
    }

    async fn done(one: &Self::One) -> u64 {
        *one.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The memory of a server, and nothing else.
pub struct TwinCall;

impl Operation for TwinCall {
    const NAME: &'static str = "memory of a server: add";
    const REFERENCE: bool = true;
    type One = Twin;

    async fn start() -> Self::One {
        Twin::new()
    }

    async fn operate(one: &mut Self::One) -> u64 {
        one.add()
    }

    async fn done(one: &Self::One) -> u64 {
        one.value()
    }
}

/// The memory of a server is freed and taken again.
pub struct TwinReplacement;

impl Operation for TwinReplacement {
    const NAME: &'static str = "memory of a server: free, allocate, add";
    const REFERENCE: bool = true;
    type One = (Twin, u64);

    async fn start() -> Self::One {
        (Twin::new(), 0)
    }

    async fn operate(one: &mut Self::One) -> u64 {
        one.0.add();
        one.0 = Twin::new();
        one.1 += one.0.add();
        one.1
    }

    async fn done(one: &Self::One) -> u64 {
        one.1
    }
}

/// Gives the types of all operations to a macro.
macro_rules! all_operations {
    ($to:ident) => {
        $to!(
            $crate::growth::operation::InlineCall,
            $crate::growth::operation::QueuedCall,
            $crate::growth::operation::RousingCall,
            $crate::growth::operation::Cast,
            $crate::growth::operation::Replacement,
            $crate::growth::operation::HandWrittenCall,
            $crate::growth::operation::Locked,
            $crate::growth::operation::TwinCall,
            $crate::growth::operation::TwinReplacement
        )
    };
}
pub(super) use all_operations;
