//! What was measured, as tables and as JSON.

use std::fs;
use std::path::Path;

use benches::Spread;
use serde::Serialize;

use crate::case::Case;
use crate::contender::Contender;
use crate::contenders::hand_written::HandWritten;
use crate::goal::Goal;
use crate::machine::Machine;
use crate::program::Built;
use crate::resident::Resident;
use crate::runtime::Flavor;
use crate::share::{HANDLERS, SERVERS, Share};

/// All of it.
#[derive(Debug, Serialize)]
pub struct Report {
    pub machine: Machine,
    /// Of the times in the rows.
    pub unit: &'static str,
    pub rounds: usize,
    pub rows: Vec<Row>,
    pub resident: Vec<Resident>,
    pub built: Vec<Built>,
    pub shares: Vec<Share>,
    pub goals: Vec<Goal>,
}

/// A contender in a scenario on some threads.
#[derive(Debug, Serialize)]
pub struct Row {
    pub scenario: &'static str,
    pub contender: &'static str,
    pub runtime: Flavor,
    pub operations: u32,
    #[serde(flatten)]
    pub spread: Option<Spread>,
    /// The median against that of the hand-written actor.
    pub ratio: Option<f64>,
    pub absence: Option<&'static str>,
    pub remark: Option<&'static str>,
}

/// The rows of the cases, in their order.
pub fn rows(cases: &[Case]) -> Vec<Row> {
    let hand_written = |of: &Case| {
        let same = |case: &&Case| {
            case.scenario == of.scenario
                && case.flavor == of.flavor
                && case.contender == HandWritten::NAME
        };
        cases.iter().find(same)?.spread()
    };
    let row = |case: &Case| {
        let spread = case.spread();
        let ratio = spread.zip(hand_written(case)).map(|(own, hand)| own.median / hand.median);
        Row {
            scenario: case.scenario,
            contender: case.contender,
            runtime: case.flavor,
            operations: case.operations,
            spread,
            ratio,
            absence: case.absence,
            remark: case.remark,
        }
    };
    cases.iter().map(row).collect()
}

impl Report {
    /// The row of a contender.
    pub fn row(&self, scenario: &str, contender: &str, runtime: Flavor) -> Option<&Row> {
        let same = |row: &&Row| {
            row.scenario == scenario && row.contender == contender && row.runtime == runtime
        };
        self.rows.iter().find(same)
    }

    /// The median of a contender, if it was measured.
    pub fn median(&self, scenario: &str, contender: &str, runtime: Flavor) -> Option<f64> {
        Some(self.row(scenario, contender, runtime)?.spread?.median)
    }

    /// One table a scenario, one line a contender.
    pub fn print(&self) {
        self.machine.print();
        let (rounds, unit) = (self.rounds, self.unit);
        println!("{rounds} rounds; {unit}: median (least to most), x hand-written");
        for rows in self.rows.chunk_by(|one, next| one.scenario == next.scenario) {
            println!("\n| {} | {} | | {} | |", rows[0].scenario, Flavor::One, Flavor::Two);
            println!("|---|---:|---:|---:|---:|");
            for row in rows.iter().filter(|row| row.runtime == Flavor::One) {
                let two = self.row(row.scenario, row.contender, Flavor::Two);
                let two = two.map_or_else(String::new, Row::cells);
                let remark = row.remark.map_or_else(String::new, |remark| format!(" ({remark})"));
                println!("| {}{remark} | {} | {two} |", row.contender, row.cells());
            }
        }
        if !self.resident.is_empty() {
            println!("\n| resident bytes an idle server | servers | each | all, MB |");
            println!("|---|---:|---:|---:|");
        }
        for of in &self.resident {
            let megabytes = of.bytes / 1_000_000;
            println!("| {} | {} | {} | {megabytes} |", of.contender, of.servers, of.each());
        }
        if !self.built.is_empty() {
            println!("\n| a counter program | clean build, s | crates | stripped program, KiB |");
            println!("|---|---:|---:|---:|");
        }
        for of in &self.built {
            let kibibytes = of.bytes / 1_024;
            println!("| {} | {:.1} | {} | {kibibytes} |", of.contender, of.seconds, of.crates);
        }
        self.print_shares();
        // Those that this run says nothing of would bury the others.
        let measured: Vec<_> = self.goals.iter().filter(|goal| goal.met.is_some()).collect();
        if !measured.is_empty() {
            println!("\n| goal | at most | measured | met |");
            println!("|---|---:|---:|---|");
        }
        for goal in measured {
            println!("{goal}");
        }
    }

    fn print_shares(&self) {
        if self.shares.is_empty() {
            return;
        }
        println!(
            "\n| `cargo check`, {SERVERS} servers of {HANDLERS} handlers, s | with the macro | expanded | the macro, % |"
        );
        println!("|---|---:|---:|---:|");
        for share in &self.shares {
            let [with, expanded] =
                [share.with, share.expanded].map(|Spread { median, min, max }| {
                    format!("{:.2} ({:.2} to {:.2})", median / 1e9, min / 1e9, max / 1e9)
                });
            let percent = share.percent();
            println!("| {} | {with} | {expanded} | {percent:.1} |", share.before.text());
        }
    }
}

/// Writes the JSON of a report.
pub fn write(report: &impl Serialize, path: &Path) -> std::io::Result<()> {
    let mut text = serde_json::to_string_pretty(report)?;
    text.push('\n');
    fs::write(path, text)
}

impl Row {
    /// Two cells: the time, and how it compares.
    fn cells(&self) -> String {
        let Some(spread) = self.spread else {
            return format!("{} |", self.absence.unwrap_or("not measured"));
        };
        let ratio = self.ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"));
        let Spread { median, min, max } = spread;
        format!("{median:.0} ({min:.0} to {max:.0}) | {ratio}")
    }
}
