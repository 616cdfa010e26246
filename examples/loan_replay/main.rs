//! Sends the event log of a bank's loan applications through a state machine: one server per
//! application, every event a call, and what the machine does not allow is refused.
//!
//! `cargo run --release --example loan_replay -- LOG.xes.gz`; without a log it makes one up.
//! Exit status 1 when an event was refused, 2 when the log cannot be read.

mod activity;
mod loan;
mod log;
mod order;
mod replay;
mod synthetic;
mod xes;

use std::error::Error;
use std::io::Cursor;
use std::path::Path;
use std::process::ExitCode;

use activity::Activity;
use indicatif::{ProgressBar, ProgressStyle};
use log::Log;

/// The seed and the number of cases of the made-up log.
const SYNTHETIC: (u64, u16) = (7, 300);

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {}", chain(&*error));
            ExitCode::from(2)
        }
    }
}

/// Replays the log that the command line names; the number of refused events.
async fn run() -> Result<usize, Box<dyn Error>> {
    let mut args = std::env::args_os().skip(1);
    let log = match (args.next(), args.next()) {
        (None, _) => made_up()?,
        (Some(path), None) => order::by_time(xes::open(Path::new(&path), Activity::find)?)?,
        (Some(_), Some(_)) => return Err("more than one log given".into()),
    };
    let bar = ProgressBar::new(log.events.len() as u64);
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} events, {eta} left")?);
    let report = replay::replay(&log, &bar).await?;
    bar.finish_and_clear();
    for refusal in &report.told {
        println!("refused: {refusal}");
    }
    println!("{report}");
    Ok(report.refused)
}

/// A log of the example's own, written as text and read back as any other.
fn made_up() -> Result<Log<Activity>, Box<dyn Error>> {
    let (seed, cases) = SYNTHETIC;
    let mut text = Vec::new();
    synthetic::write_log(&mut text, seed, cases)?;
    println!("no log given: {cases} made-up cases, seed {seed}");
    Ok(order::by_time(xes::Cases::new("made-up log", Cursor::new(text), Activity::find)?)?)
}

/// An error with its causes; a cause that its error repeats in its own words is left out.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.ends_with(&said) {
            text = format!("{text}: {said}");
        }
        cause = error.source();
    }
    text
}
