//! An upgrade under load: a counter of version 1 becomes one of version 3 while four tasks count, and
//! no call is lost or answered twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use genserver_runtime::prelude::*;
use tokio::sync::RwLock;
use tokio::task::{JoinSet, yield_now};

/// The program as it was.
mod v1 {
    use genserver_runtime::prelude::*;
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize)]
    pub struct Counter {
        pub value: u32,
    }

    #[genserver(version = 1)]
    impl Counter {
        #[call]
        pub fn increment(&mut self) -> u32 {
            self.value += 1;
            self.value
        }
    }
}

/// The program as it is: a wider number, and a step that version 2 brought.
mod v3 {
    use genserver_runtime::prelude::*;
    use serde::{Deserialize, Serialize};

    use super::v1;

    #[derive(Deserialize)]
    pub struct CounterV2 {
        value: u32,
        step: i32,
    }

    #[derive(Serialize, Deserialize)]
    pub struct Counter {
        total: u64,
        step: u64,
    }

    #[genserver(version = 3)]
    impl Counter {
        #[init]
        pub fn new() -> Self {
            Self { total: 0, step: 1 }
        }

        #[code_change(from = 1)]
        fn v1(old: v1::Counter) -> CounterV2 {
            CounterV2 { value: old.value, step: 1 }
        }

        #[code_change(from = 2)]
        fn v2(old: CounterV2) -> Result<Self, std::num::TryFromIntError> {
            Ok(Self { total: old.value.into(), step: old.step.try_into()? })
        }

        #[call]
        pub fn increment(&mut self) -> u64 {
            self.total += self.step;
            self.total
        }

        #[call]
        pub fn total(&self) -> u64 {
            self.total
        }
    }
}

/// Who is counting at present.
enum Line {
    Old(v1::CounterClient),
    New(v3::CounterClient),
}

impl Line {
    async fn increment(&self) -> Result<u64, ServerError> {
        match self {
            Self::Old(counter) => counter.increment().await.map(u64::from),
            Self::New(counter) => counter.increment().await,
        }
    }
}

/// Counts until it is told to stop; gives all answers that it got.
async fn count(line: Arc<RwLock<Line>>, enough: Arc<AtomicBool>) -> Vec<u64> {
    let mut answers = Vec::new();
    while !enough.load(Ordering::Relaxed) {
        // Held until the answer is there: whoever changes the line knows that none is under way.
        let line = line.read().await;
        answers.push(line.increment().await.expect("no call is refused"));
    }
    answers
}

/// The new counter takes over from the old one; gives what the old one had counted.
async fn upgrade(
    line: &RwLock<Line>,
    old: v1::CounterClient,
) -> Result<(v3::CounterClient, u64), Box<dyn std::error::Error>> {
    let new = v3::Counter::start().await?;
    new.sys().suspend().await?;
    // From here on the calls wait in the new counter's mailbox.
    *line.write().await = Line::New(new.clone());
    let bytes = old.sys().export_state().await?;
    old.stop().await?;

    let damaged = new.sys().change_code(&bytes[..bytes.len() - 1]).await.unwrap_err();
    println!("change_code with a part of the state -> {damaged}");
    new.sys().change_code(bytes).await?;
    let handled = new.sys().get_status()?.handled.calls;
    println!("change_code with the whole one -> done; version 3 has answered {handled} calls");
    let taken_over = total_of(&new).await?;
    new.sys().resume().await?;
    Ok((new, taken_over))
}

/// The total of a suspended counter: that of one that is made of its state.
async fn total_of(counter: &v3::CounterClient) -> Result<u64, Box<dyn std::error::Error>> {
    let bytes = counter.sys().export_state().await?;
    Ok(v3::Counter::restore(bytes).await?.total().await?)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let old = v1::Counter::start(v1::Counter { value: 0 }).await?;
    let line = Arc::new(RwLock::new(Line::Old(old.clone())));
    let enough = Arc::new(AtomicBool::new(false));
    let mut tasks = JoinSet::new();
    for _ in 0..4 {
        tasks.spawn(count(Arc::clone(&line), Arc::clone(&enough)));
    }

    while old.sys().get_status()?.handled.calls < 100 {
        yield_now().await;
    }
    println!("version 1 has answered 100 calls, and more come");
    let refused = v3::Counter::restore("a letter").await.unwrap_err();
    println!("restore from a letter -> {refused}");
    let (new, before) = upgrade(&line, old).await?;
    println!("version 3 counts on where version 1 was: {}", before >= 100);

    while new.total().await? < before + 100 {
        yield_now().await;
    }
    enough.store(true, Ordering::Relaxed);
    let mut answers = tasks.join_all().await.concat();
    answers.sort_unstable();
    let last = new.total().await?;
    println!("every number was given out once: {}", answers.iter().copied().eq(1..=last));
    Ok(())
}
