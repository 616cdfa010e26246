//! The threads that a scenario runs on.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde::Serialize;
use tokio::runtime::{Builder, Runtime};
use tokio::task::{JoinHandle, LocalSet, spawn_local};

use crate::contender::Contender;

/// A runtime of tokio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Flavor {
    /// `current_thread`.
    #[serde(rename = "current thread")]
    One,
    /// `multi_thread` with two workers.
    #[serde(rename = "two workers")]
    Two,
}

/// Work in a box: tokio's part of a task is then compiled once, and not for each case.
type Work<T> = Pin<Box<dyn Future<Output = T> + Send>>;

impl Flavor {
    pub const ALL: [Self; 2] = [Self::One, Self::Two];

    fn build(self) -> Runtime {
        let mut builder = match self {
            Self::One => Builder::new_current_thread(),
            Self::Two => Builder::new_multi_thread(),
        };
        if self == Self::Two {
            builder.worker_threads(2);
        }
        builder.enable_all().build().expect("a runtime can be built")
    }

    /// Runs `work` as a task of a new runtime, as the calls of a program are made in tasks.
    pub fn run<C: Contender>(
        self,
        work: impl Future<Output = Duration> + Send + 'static,
    ) -> Duration {
        self.run_boxed(C::LOCAL, Box::pin(work))
    }

    fn run_boxed(self, local: bool, work: Work<Duration>) -> Duration {
        let runtime = self.build();
        let work = async move { spawn_boxed(local, work).await.expect("no panic") };
        if local { LocalSet::new().block_on(&runtime, work) } else { runtime.block_on(work) }
    }
}

impl fmt::Display for Flavor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::One => "current thread",
            Self::Two => "two workers",
        })
    }
}

/// Spawns a task where the servers of the contender may be started.
pub fn spawn<C: Contender>(work: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    spawn_boxed(C::LOCAL, Box::pin(work))
}

fn spawn_boxed<T: Send + 'static>(local: bool, work: Work<T>) -> JoinHandle<T> {
    if local { spawn_local(work) } else { tokio::spawn(work) }
}
