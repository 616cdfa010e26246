//! What goes wrong with servers that are written by hand, each beside the same with `#[genserver]`:
//! servers that nobody uses any more, crashes that nobody hears of, a flood of messages, ends without
//! clean-up.
//!
//! Every number that is printed was counted in this run.

mod crashes;
mod flood;
mod killed;
mod memory;
mod orphans;

use std::error::Error;
use std::future::Future;

/// Runs a scenario on a runtime of its own, whose clock stands still while somebody is busy.
fn run<F>(title: &str, scenario: F) -> Result<(), Box<dyn Error>>
where
    F: Future<Output = Result<(), Box<dyn Error>>>,
{
    println!("-- {title} --");
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_time().start_paused(true).build()?.block_on(scenario)
}

fn main() -> Result<(), Box<dyn Error>> {
    // The panics below are part of the show.
    std::panic::set_hook(Box::new(|_| {}));
    run("a thousand sessions whose users have gone", orphans::show())?;
    run("a thousand sessions, a hundred of which crash", crashes::show())?;
    run("a million messages for a slow disk", flood::show())?;
    run("five connections and an end", killed::show())
}
