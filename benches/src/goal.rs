//! What this project wants to reach, beside what was measured.

use std::fmt;

use serde::Serialize;

use crate::contender::Contender;
use crate::contenders::genserver::{Asynchronous, Inline, Queued};
use crate::contenders::hand_written::HandWritten;
use crate::contenders::hand_written_timeout::HandWrittenTimeout;
use crate::contenders::mutex::Locked;
use crate::program::{Built, LEAN_NAME};
use crate::report::Report;
use crate::resident::{SERVERS, SERVERS_MANY};
use crate::runtime::Flavor::{self, One, Two};
use crate::scenario::Scenario;
use crate::scenario::calls::{ManyCallers, OneCaller};
use crate::scenario::casts::OneProducer;
use crate::scenario::crowd::RoundRobin;
use crate::scenario::life::StartCallStop;
use crate::scenario::own::{NAMED, TIMED, TRANSITION};
use crate::share::{Before, Share};

/// A number that shall not be exceeded.
#[derive(Debug, Serialize)]
pub struct Goal {
    pub text: String,
    pub at_most: f64,
    /// Nothing: that was not measured in this run.
    pub measured: Option<f64>,
    pub met: Option<bool>,
}

impl Goal {
    fn new(text: impl Into<String>, at_most: f64, measured: Option<f64>) -> Self {
        let met = measured.map(|measured| measured <= at_most);
        Self { text: text.into(), at_most, measured, met }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Two digits, unless they do not tell whether it is met.
        let digits = |number: f64| if (number - self.at_most).abs() < 0.005 { 4 } else { 2 };
        let number = |number| format!("{number:.*}", digits(number));
        let measured = self.measured.map_or_else(String::new, number);
        let met = match self.met {
            Some(true) => "yes",
            Some(false) => "**no**",
            None => "not measured",
        };
        write!(f, "| {} | {} | {measured} | {met} |", self.text, self.at_most)
    }
}

/// All goals, against what the report holds.
pub fn check(report: &Report) -> Vec<Goal> {
    let mut goals = against_hand_written(report);
    goals.extend(against_itself(report));
    goals.extend(of_memory(report));
    goals.extend(of_programs(report));
    goals.extend(of_checks(report));
    goals.push(against_peers(report, One, 1.0));
    goals.push(against_peers(report, Two, 1.15));
    goals
}

fn against_hand_written(report: &Report) -> Vec<Goal> {
    let limits: [(&str, &str, Flavor, f64); 10] = [
        (OneCaller::NAME, Inline::NAME, One, 0.16),
        (OneCaller::NAME, Inline::NAME, Two, 0.12),
        (OneCaller::NAME, Asynchronous::NAME, One, 0.25),
        (OneCaller::NAME, Asynchronous::NAME, Two, 0.20),
        (OneCaller::NAME, Queued::NAME, One, 0.80),
        (ManyCallers::NAME, Inline::NAME, One, 0.20),
        (OneProducer::NAME, Inline::NAME, One, 0.42),
        (OneProducer::NAME, Inline::NAME, Two, 0.50),
        (RoundRobin::NAME, Inline::NAME, Two, 0.17),
        (StartCallStop::NAME, Inline::NAME, One, 0.70),
    ];
    let goal = |&(scenario, contender, runtime, at_most): &(&str, &str, Flavor, f64)| {
        let ratio = report.row(scenario, contender, runtime).and_then(|row| row.ratio);
        let text = format!("{scenario}: {contender}, {runtime}, x {}", HandWritten::NAME);
        Goal::new(text, at_most, ratio)
    };
    limits.iter().map(goal).collect()
}

fn against_itself(report: &Report) -> Vec<Goal> {
    let median = |scenario, contender| report.median(scenario, contender, One);
    let call = median(OneCaller::NAME, Inline::NAME);
    let against_call =
        |scenario| median(scenario, Inline::NAME).zip(call).map(|(own, call)| own / call);
    vec![
        Goal::new(
            "the default time-out of a queued call, ns more than without one",
            40.0,
            median(TIMED, Queued::NAME),
        ),
        Goal::new("transition with data moved, x plain call", 1.5, against_call(TRANSITION)),
        Goal::new("call by name, x plain call", 2.0, against_call(NAMED)),
    ]
}

#[expect(clippy::cast_precision_loss, reason = "bytes of memory are far below 2^52")]
fn of_memory(report: &Report) -> Vec<Goal> {
    let of = |servers| {
        let same =
            |of: &&crate::resident::Resident| of.contender == Inline::NAME && of.servers == servers;
        report.resident.iter().find(same)
    };
    vec![
        Goal::new(
            "resident bytes an idle server of 8 bytes, default features",
            240.0,
            of(SERVERS).map(|of| of.each() as f64),
        ),
        Goal::new(
            "1,000,000 live servers, MB",
            255.0,
            of(SERVERS_MANY).map(|of| of.bytes as f64 / 1e6),
        ),
    ]
}

#[expect(clippy::cast_precision_loss, reason = "there are few crates")]
fn of_programs(report: &Report) -> Vec<Goal> {
    let of = |contender| report.built.iter().find(|built| built.contender == contender);
    let hand = of(HandWritten::NAME);
    let both = of(Inline::NAME).zip(hand);
    let slower = |(own, hand): (&Built, &Built)| own.seconds / hand.seconds;
    vec![
        Goal::new(
            "clean build of a counter program, the features that it uses, x hand-written",
            1.5,
            of(LEAN_NAME).zip(hand).map(slower),
        ),
        Goal::new(
            "clean build of a counter program, default features, x hand-written",
            1.5,
            both.map(slower),
        ),
        Goal::new(
            "crates of a counter program, more than hand-written",
            11.0,
            both.map(|(own, hand)| own.crates as f64 - hand.crates as f64),
        ),
    ]
}

fn of_checks(report: &Report) -> impl Iterator<Item = Goal> {
    Before::ALL.into_iter().map(|before| {
        let share = report.shares.iter().find(|share| share.before == before);
        let text = format!("a crate of servers, {}: the macro, % of `cargo check`", before.text());
        Goal::new(text, 25.0, share.map(Share::percent))
    })
}

/// The worst of all comparisons with a peer.
fn against_peers(report: &Report, runtime: Flavor, at_most: f64) -> Goal {
    let not_peers = [
        HandWritten::NAME,
        HandWrittenTimeout::NAME,
        Inline::NAME,
        Asynchronous::NAME,
        Queued::NAME,
        Locked::NAME,
    ];
    let peers = report
        .rows
        .iter()
        .filter(|row| row.runtime == runtime && !not_peers.contains(&row.contender));
    let compared = peers.filter_map(|peer| {
        let own = report.median(peer.scenario, Inline::NAME, runtime)?;
        Some((own / peer.spread?.median, peer))
    });
    let worst = compared.max_by(|(one, _), (other, _)| one.total_cmp(other));
    let text = worst.as_ref().map_or_else(
        || format!("x the best peer, {runtime}"),
        |(_, peer)| {
            format!("x the best peer, {runtime}: worst in {} ({})", peer.scenario, peer.contender)
        },
    );
    Goal::new(text, at_most, worst.map(|(ratio, _)| ratio))
}
