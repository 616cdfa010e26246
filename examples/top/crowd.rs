//! Servers to look at: some idle, some busy, some with a mailbox that fills.

use std::time::Duration;

use genserver_runtime::prelude::*;

/// Works off one job after the other.
pub struct Worker;

#[genserver]
impl Worker {
    /// A job that takes so long.
    #[cast]
    pub async fn work(&mut self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

/// Has nothing to do.
pub struct Spare;

#[genserver]
impl Spare {
    /// Whether it is there.
    #[call]
    pub fn ping(&self) -> bool {
        true
    }
}

/// Those who are looked at, for as long as they are held.
pub struct Crowd {
    workers: Vec<WorkerClient>,
    spares: Vec<SpareClient>,
}

impl Crowd {
    /// Thirty workers, of which the n-th has n jobs that wait, and a hundred spare servers.
    pub async fn gather() -> Result<Self, Box<dyn std::error::Error>> {
        let mut crowd = Self { workers: Vec::new(), spares: Vec::new() };
        for number in 1..=30 {
            let worker = Worker::start(Worker).name(format!("worker-{number}")).await?;
            worker.work(Duration::from_secs(3600)).await?;
            // The first job is begun before the others come.
            while worker.sys().get_status()?.mailbox.now > 0 {
                tokio::task::yield_now().await;
            }
            for _ in 0..number {
                worker.work(Duration::from_secs(1)).await?;
            }
            crowd.workers.push(worker);
        }
        for _ in 0..100 {
            crowd.spares.push(Spare::start(Spare).await?);
        }
        Ok(crowd)
    }

    /// Ends them, whatever they do.
    pub async fn disperse(self) {
        for worker in &self.workers {
            // One that has ended by itself is fine too.
            let _ = worker.kill().await;
        }
        drop(self.spares);
    }
}
