//! This project beside a hand-written actor and other libraries, on the same work in one run.

mod case;
mod contender;
mod contenders;
mod goal;
mod growth;
mod machine;
mod options;
mod package;
mod picture;
mod program;
mod report;
mod resident;
mod round;
mod runtime;
mod scenario;
mod share;
mod work;

use std::env;
use std::error::Error;
use std::process::ExitCode;

use crate::machine::Machine;
use crate::options::{Options, USAGE, What};
use crate::report::Report;

fn main() -> ExitCode {
    match Options::parse(env::args().skip(1)) {
        Ok(Options { what: What::Help, .. }) => print!("{USAGE}"),
        Ok(options) => {
            if let Err(error) = run(options) {
                eprintln!("{error}");
                return ExitCode::FAILURE;
            }
        }
        Err(error) => {
            eprint!("{error}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

fn run(mut options: Options) -> Result<(), Box<dyn Error>> {
    if let Some((contender, servers)) = &options.resident {
        resident::print(contender, *servers);
        return Ok(());
    }
    if let Some((operation, servers)) = &options.grown {
        growth::serve(operation, *servers);
        return Ok(());
    }
    options.make_files()?;
    if options.what == What::Growth {
        return growth::run(&options);
    }
    let mut cases = case::all();
    let mut scenarios: Vec<_> = cases.iter().map(|case| case.scenario).collect();
    scenarios.dedup();
    scenarios.push("resident");
    options.look_up(&scenarios)?;
    cases.retain(|case| options.wants(case.scenario));
    round::measure(&mut cases, &options);
    let resident =
        if options.wants("resident") { resident::measure_all(&options) } else { Vec::new() };
    let built = if options.build { program::build_all()? } else { Vec::new() };
    let shares = if options.shares { share::measure(options.rounds())? } else { Vec::new() };
    let mut report = Report {
        machine: Machine::look(),
        unit: "ns an operation",
        rounds: options.rounds(),
        rows: report::rows(&cases),
        resident,
        built,
        shares,
        goals: Vec::new(),
    };
    report.goals = goal::check(&report);
    report.print();
    if let Some(path) = &options.json {
        report::write(&report, path)?;
    }
    if let Some(path) = &options.svg {
        picture::draw(&report, path)?;
    }
    Ok(())
}
