//! What is it doing? A program hangs; a watchdog looks at all live servers, finds the one that is
//! stuck, prints what it is doing, and gets rid of it.
//!
//! The clock of this program is paused: it jumps from timer to timer, so that a minute takes no time.

use std::fmt::Debug;
use std::time::Duration;

use genserver_runtime::{Activity, AnyServer, Status, prelude::*, servers};

/// Lends connections to a database that does not answer any more.
pub struct Pool {
    password: String,
    free: u32,
}

#[genserver(name = "pool")]
impl Pool {
    /// So many connections.
    #[init]
    pub fn open(#[into] password: String, size: u32) -> Self {
        Self { password, free: size }
    }

    /// Takes one out.
    #[call]
    pub fn checkout(&mut self) -> Option<u32> {
        self.free = self.free.checked_sub(1)?;
        Some(self.free)
    }

    /// Closes the connections that are dead, when it has found out which.
    #[every("30s")]
    async fn reap(&mut self) {
        std::future::pending::<()>().await;
    }

    #[format_state]
    fn shown(&self) -> impl Debug {
        // What is shown of a secret is its length.
        format!("{} free, password of {} characters", self.free, self.password.len())
    }
}

/// One that is not stuck.
pub struct Greeter;

#[genserver]
impl Greeter {
    /// Says hello.
    #[call]
    pub fn greet(&self) -> &'static str {
        "hello"
    }
}

/// The servers whose handler has been running for so long.
fn stuck(limit: Duration) -> Vec<(AnyServer, Status)> {
    let busy = |server: AnyServer| {
        let status = server.status()?;
        match status.activity {
            Activity::Handling { since, .. } if since >= limit => Some((server, status)),
            _ => None,
        }
    };
    servers().into_iter().filter_map(busy).collect()
}

fn print(status: &Status) {
    println!("{} {:?}", status.server, status.name.as_deref().unwrap_or("-"));
    println!("  up for    {:?}", status.uptime);
    println!("  activity  {:?}", status.activity);
    println!(
        "  mailbox   {} waiting, {} at the most",
        status.mailbox.now, status.mailbox.high_water
    );
    println!("  calls     {} handled", status.handled.calls);
    println!("  late      {} replies", status.counters.late);
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pool = Pool::start("s3cret", 2).await?;
    let greeter = Greeter::start(Greeter).await?;
    println!("checkout -> {:?}", pool.checkout().await?);
    println!("the pool: {}", pool.sys().format_state(200).await?);

    // A user of the pool, some time later.
    tokio::time::sleep(Duration::from_secs(31)).await;
    let late = pool.checkout().await.unwrap_err();
    println!("checkout -> {late}");
    println!("the greeter says {}", greeter.greet().await?);

    // The watchdog's turn.
    for (server, status) in stuck(Duration::from_secs(5)) {
        print(&status);
        let refused = server.sys().format_state(200).timeout(Duration::from_secs(1)).await;
        println!("  state     {}", refused.unwrap_err());
    }
    pool.kill().await?;
    println!("killed; servers left: {}", servers().len());

    let pool = Pool::start("s3cret", 2).await?; // its name is free
    println!("checkout -> {:?}", pool.checkout().await?);
    println!("stuck now: {}", stuck(Duration::ZERO).len());
    Ok(())
}
