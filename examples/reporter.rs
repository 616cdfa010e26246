//! A periodic reporter, in both forms: a message that it sends itself again and again, and `#[every]`.
//!
//! The clock of this program is paused: it jumps from timer to timer, so that a minute takes no time.

use std::time::Duration;

use genserver_runtime::prelude::*;
use tokio::time::Instant;

/// How long from report to report.
const INTERVAL: Duration = Duration::from_secs(5);

/// Sends itself the next report when it has handled one.
pub struct Reporter {
    began: Instant,
    reports: u32,
}

/// It is time for a report.
pub struct Report;

#[genserver]
impl Reporter {
    /// The first report comes after one interval.
    #[init]
    pub fn new(cx: &mut Cx<Self>) -> Self {
        cx.send_after(INTERVAL, Report);
        Self { began: Instant::now(), reports: 0 }
    }

    #[info]
    fn report(&mut self, cx: &mut Cx<Self>, _: Report) {
        self.reports += 1;
        println!("Report #{}: {:?}", self.reports, self.began.elapsed());
        cx.send_after(INTERVAL, Report);
    }

    /// How many reports there were.
    #[call]
    pub fn reports(&self) -> u32 {
        self.reports
    }
}

/// The short form: the period stands at the handler.
pub struct Ticker {
    began: Instant,
    ticks: u32,
}

#[genserver]
impl Ticker {
    /// The first tick comes after one period.
    #[init]
    pub fn begin() -> Self {
        Self { began: Instant::now(), ticks: 0 }
    }

    #[every("5s")]
    fn tick(&mut self) {
        self.ticks += 1;
        println!("Tick #{}: {:?}", self.ticks, self.began.elapsed());
    }

    /// Keeps the server busy.
    #[call]
    pub async fn work(&mut self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let reporter = Reporter::start().await?;
    tokio::time::sleep(Duration::from_secs(16)).await;
    println!("{} reports", reporter.reports().await?);
    // A message that no handler takes does not compile, so none can kill it: a `String`, say.
    reporter.stop().await?;

    let ticker = Ticker::start().await?;
    tokio::time::sleep(Duration::from_secs(11)).await;
    // Busy from second 11 to 23: the tick of second 15 comes late, the one of second 20 is left out,
    // and the rate stays.
    ticker.work(Duration::from_secs(12)).no_timeout().await?;
    tokio::time::sleep(Duration::from_secs(8)).await;
    println!("{} tick was left out", ticker.counters().missed);
    ticker.stop().await?;
    tokio::time::sleep(Duration::from_secs(60)).await; // its timers ended with it
    println!("stopped");
    Ok(())
}
