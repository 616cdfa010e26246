//! What the rules about the state graph cost while a machine is compiled: `cargo bench -p benches
//! --bench graph`, and with `--profile dev`, in which programs compile their macros, for what a
//! user waits.
//!
//! The machine has 200 states and 2,000 transitions; the graph pass shall take at most 10 ms of it.
//! Rounds of all cases are interleaved, a first round is not counted.

extern crate proc_macro;

// The macro's own modules: a crate of macros cannot be linked.
#[allow(
    dead_code,
    missing_docs,
    unexpected_cfgs,
    unused_imports,
    reason = "features of the macro, its tests and the expansion are not measured"
)]
#[path = "../genserver-macros/src"]
mod macros {
    pub(crate) mod check;
    pub(crate) mod errors;
    pub(crate) mod expand;
    pub(crate) mod model;
    pub(crate) mod parse;
    pub(crate) mod reach;
}

use std::fmt::Write;
use std::process::Command;
use std::time::Duration;

use benches::{ROUNDS, Spread, timed};
use genserver_graph::{Edge, Graph, State, Trigger};
use proc_macro2::TokenStream;

// They find one another at the root.
use crate::macros::check::check;
use crate::macros::check::graph::check_graph;
use crate::macros::errors::Errors;
use crate::macros::{check, errors, expand, model, parse, reach};

const STATES: usize = 200;
/// How many transitions leave each state.
const TARGETS: usize = 10;
const LIMIT_MS: f64 = 10.0;

/// Where transitions lead: to the next state, and further on, with steps of many lengths.
fn targets(state: usize) -> impl Iterator<Item = usize> {
    (0..TARGETS).map(move |step| (state + 1 + step * step * 3) % STATES)
}

/// The machine's impl block, one handler a state.
fn block() -> (TokenStream, TokenStream) {
    let states: Vec<String> = (1..STATES).map(|state| format!("S{state}")).collect();
    let attr = format!("states(S0: initial, {})", states.join(", "));
    let mut item = String::from("impl Machine {");
    for state in 0..STATES {
        let targets: Vec<String> = targets(state).map(|target| format!("S{target}")).collect();
        let _ = write!(
            item,
            "#[call(S{state} => {})] pub fn move_{state}(&self, st: &S{state}, to: u8) -> \
             Result<Next<u32>, Refused> {{ self.decide(st, to) }}",
            targets.join(" | ")
        );
    }
    item.push('}');
    let [attr, item] = [attr, item].map(|text| text.parse().expect("these are tokens"));
    (attr, item)
}

/// Milliseconds.
#[derive(Default)]
struct Measured {
    graph: Vec<f64>,
    parse: Vec<f64>,
    check: Vec<f64>,
    pass: Vec<f64>,
}

impl Measured {
    fn round(
        &mut self,
        graph: &Graph<'_>,
        (attr, item): &(TokenStream, TokenStream),
        counts: bool,
    ) {
        let (findings, of_graph) = timed(|| graph.check());
        assert!(findings.is_empty());
        let mut errors = Errors::default();
        let ((item, server), of_parse) = timed(|| {
            let item = parse::parse_item(item.clone()).expect("it is an impl block");
            let server = parse::parse(attr.clone(), &item, &mut errors);
            (item, server.expect("it can be read"))
        });
        let ((), of_check) = timed(|| check(&server, &item, &mut errors));
        let sound = vec![true; server.handlers.len()];
        let machine = server.machine.as_ref().expect("it has states");
        let ((), of_pass) = timed(|| check_graph(&server, machine, &sound, &mut errors));
        assert!(errors.is_empty(), "the machine is sound");
        if counts {
            let ms = |time: Duration| time.as_secs_f64() * 1e3;
            self.graph.push(ms(of_graph));
            self.parse.push(ms(of_parse));
            self.check.push(ms(of_check));
            self.pass.push(ms(of_pass));
        }
    }
}

fn main() {
    let names: Vec<String> = (0..STATES).map(|state| format!("S{state}")).collect();
    let states = names.iter().map(|name| State { name, group: None, terminal: false });
    let states: Vec<State<'_>> = states.collect();
    let edges: Vec<Edge<'_>> = (0..STATES)
        .flat_map(|from| targets(from).map(move |to| (from, to)))
        .map(|(from, to)| Edge { from, to, label: &names[from], trigger: Trigger::Call })
        .collect();
    let graph = Graph { name: "Machine", initial: 0, states: &states, groups: &[], edges: &edges };
    let block = block();
    let mut measured = Measured::default();
    for round in 0..=ROUNDS {
        measured.round(&graph, &block, round > 0);
    }
    println!("{}, {}", machine(), compiler());
    println!(
        "{} states, {} transitions; {ROUNDS} rounds, median (min to max)",
        states.len(),
        edges.len()
    );
    print("`Graph::check`", measured.graph, Some(LIMIT_MS));
    print("the macro reads the block", measured.parse, None);
    print("the macro checks it", measured.check, None);
    print("its graph pass alone", measured.pass, Some(LIMIT_MS));
}

fn print(what: &str, rounds: Vec<f64>, limit: Option<f64>) {
    let Spread { median, min, max } = Spread::of(rounds);
    let verdict = match limit {
        Some(limit) if median > limit => format!(", over the limit of {limit} ms"),
        Some(limit) => format!(", within {limit} ms"),
        None => String::new(),
    };
    println!("    {what:<26} {median:7.2} ms ({min:.2} to {max:.2}){verdict}");
}

fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{} ({cores} cores)", model.map_or("an unknown processor", |(_, name)| name))
}

/// The compiler's version, and whether it optimised.
fn compiler() -> String {
    let version = Command::new("rustc").arg("--version").output();
    let version = version.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let profile = if cfg!(debug_assertions) { "not optimised" } else { "optimised" };
    format!("{}, {profile}", version.unwrap_or_else(|_| "an unknown compiler".to_owned()))
}
