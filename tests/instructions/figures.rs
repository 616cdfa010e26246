//! What each path costs, as it is stated and as it was measured.

use std::collections::BTreeMap;
use std::fmt;

/// How far a cost may be from what is stated, in percent. On one machine it differs by less than one; what
/// is left is for the allocators of others. Less is as wrong as more: a loose figure guards nothing.
pub const TOLERANCE: u64 = 10;

#[derive(Debug, PartialEq)]
pub struct Figures {
    /// Whose code was counted: that of another differs.
    pub compiler: String,
    /// The instructions of one operation of each path, in the order of the paths.
    pub costs: Vec<(String, u64)>,
}

impl Figures {
    /// Reads what is written by `Display`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut lines = text.lines();
        let compiler = lines.next().ok_or("an empty file")?.to_owned();
        let cost = |line: &str| {
            let (name, cost) = line.split_once(' ')?;
            Some((name.to_owned(), cost.trim().parse().ok()?))
        };
        let costs = lines.map(|line| cost(line).ok_or_else(|| format!("a line {line:?}")));
        Ok(Self { compiler, costs: costs.collect::<Result<_, _>>()? })
    }

    /// What of `measured` is not as it is stated here: a line each.
    pub fn complaints(&self, measured: &Self) -> Vec<String> {
        let mut stated: BTreeMap<_, _> =
            self.costs.iter().map(|(name, cost)| (&**name, *cost)).collect();
        let mut complaints = Vec::new();
        for (name, cost) in &measured.costs {
            match stated.remove(&**name) {
                None => complaints.push(format!("{name}: {cost}, and nothing is stated\n")),
                Some(stated) if stated.abs_diff(*cost) * 100 > stated * TOLERANCE => {
                    let sign = if *cost > stated { '+' } else { '-' };
                    let percent = stated.abs_diff(*cost) * 100 / stated.max(1);
                    complaints
                        .push(format!("{name}: {cost} instead of {stated}, {sign}{percent} %\n"));
                }
                Some(_) => {}
            }
        }
        complaints.extend(stated.keys().map(|name| format!("{name}: there is no such path\n")));
        complaints
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.compiler)?;
        self.costs.iter().try_for_each(|(name, cost)| writeln!(f, "{name:<16} {cost:>8}"))
    }
}

fn figures(costs: &[(&str, u64)]) -> Figures {
    let costs = costs.iter().map(|&(name, cost)| (name.to_owned(), cost)).collect();
    Figures { compiler: "rustc 1.0.0 for a machine".to_owned(), costs }
}

#[track_caller]
fn check(measured: &[(&str, u64)], complaints: &[&str]) {
    let stated = figures(&[("call", 1_000), ("cast", 200)]);
    assert_eq!(stated.complaints(&figures(measured)), complaints);
}

#[test]
fn a_cost_within_the_tolerance_is_as_stated() {
    check(&[("call", 1_000), ("cast", 200)], &[]);
    check(&[("call", 1_100), ("cast", 180)], &[]);
}

#[test]
fn a_cost_beyond_the_tolerance_is_told_in_both_directions() {
    check(&[("call", 1_101), ("cast", 200)], &["call: 1101 instead of 1000, +10 %\n"]);
    check(&[("call", 1_000), ("cast", 100)], &["cast: 100 instead of 200, -50 %\n"]);
}

#[test]
fn every_path_is_stated_and_nothing_else() {
    check(&[("call", 1_000)], &["cast: there is no such path\n"]);
    let more = [("call", 1_000), ("cast", 200), ("info", 5)];
    check(&more, &["info: 5, and nothing is stated\n"]);
}

#[test]
fn figures_are_read_as_they_are_written() {
    let stated = figures(&[("call", 1_000), ("cast", 200)]);
    assert_eq!(Figures::parse(&stated.to_string()), Ok(stated));
    assert_eq!(Figures::parse("rustc\ncall many\n"), Err("a line \"call many\"".to_owned()));
}
