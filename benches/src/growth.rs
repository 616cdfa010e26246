//! What an operation costs as there are more servers, and more messages in a mailbox.
//!
//! With always the same server addressed, only what this project keeps for all servers can grow: a
//! list that is searched, a table, a lock. With any one addressed, the memory of each is colder the
//! more there are, whatever runs them: boxes of the same size, without a server around them, tell
//! how much of the growth that is.

mod crowd;
mod mailbox;
mod operation;
mod plot;
mod process;
mod server;
mod table;
mod waiting;

use std::cell::RefCell;
use std::error::Error;
use std::io;
use std::rc::Rc;

use benches::Spread;
use serde::Serialize;

use self::crowd::Order;
use self::operation::{Operation, all_operations};
use self::process::Process;
use crate::case::Case;
use crate::machine::Machine;
use crate::options::Options;
use crate::report;
use crate::round;
use crate::runtime::Flavor;

pub use self::process::serve;

/// How many servers live.
const SERVERS: [(u32, &str); 5] =
    [(1, "1"), (10, "10"), (1_000, "1,000"), (100_000, "100,000"), (1_000_000, "1,000,000")];

/// Each of this many is addressed in every round, however long that takes; of more, as many at least.
const ADDRESSED: u32 = 100_000;
/// Operations of a round at the most.
const OPERATIONS_MAX: u32 = 2_000_000;

/// All that was measured.
#[derive(Debug, Serialize)]
struct Growth {
    machine: Machine,
    rounds: usize,
    crowds: Vec<Line>,
    mailboxes: Vec<Line>,
    waiting: Vec<Line>,
}

/// What an operation costs, from few to many.
#[derive(Debug, Serialize)]
struct Line {
    operation: &'static str,
    order: Option<Order>,
    /// Whether it is not this project, but what it is compared with.
    reference: bool,
    points: Vec<Point>,
}

impl Line {
    /// From the cases of a scenario, if it was asked for: each of their operations has so many parts.
    fn of(
        cases: &[Case],
        scenario: &str,
        operation: &'static str,
        counts: &[(u32, &str)],
        parts: impl Fn(u32) -> u32,
    ) -> Option<Self> {
        let cases = cases.iter().filter(|case| case.scenario == scenario);
        let point = |((count, _), case): (&(u32, _), _)| Point::new(*count, case, parts(*count));
        let points: Vec<Point> = counts.iter().zip(cases).map(point).collect();
        (!points.is_empty()).then_some(Self { operation, order: None, reference: false, points })
    }
}

/// What it costs with so many.
#[derive(Debug, Serialize)]
struct Point {
    count: u32,
    #[serde(skip)]
    label: &'static str,
    #[serde(flatten)]
    spread: Spread,
}

impl Point {
    /// From a case that was measured, each of whose operations has so many parts.
    fn new(count: u32, case: &Case, parts: u32) -> Self {
        let Spread { median, min, max } = case.spread().expect("it was measured");
        let part = |time| time / f64::from(parts);
        Self {
            count,
            label: case.contender,
            spread: Spread { median: part(median), min: part(min), max: part(max) },
        }
    }
}

/// Measures, prints, and writes what is asked for.
pub fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    macro_rules! measures {
        ($($operation:ty),*) => { [$(measure::<$operation> as Measure),*] };
    }
    let mut crowds = Vec::new();
    for measure in all_operations!(measures) {
        crowds.extend(measure(options)?);
    }
    let growth = Growth {
        machine: Machine::look(),
        rounds: options.rounds(),
        crowds,
        mailboxes: mailbox::measure(options),
        waiting: waiting::measure(options),
    };
    table::print(&growth);
    if let Some(path) = &options.json {
        report::write(&growth, path)?;
    }
    if let Some(path) = &options.svg {
        plot::draw(&growth, path)?;
    }
    Ok(())
}

type Measure = fn(&Options) -> io::Result<Vec<Line>>;

/// Measures an operation with all numbers of servers, whose rounds alternate: a line for each order.
fn measure<O: Operation>(options: &Options) -> io::Result<Vec<Line>> {
    if !options.wants(O::NAME) {
        return Ok(Vec::new());
    }
    eprintln!("{}", O::NAME);
    let mut processes = Vec::new();
    for (servers, name) in SERVERS.into_iter().filter(|(servers, _)| *servers <= O::SERVERS_MAX) {
        let process = Rc::new(RefCell::new(Process::start(O::NAME, servers)?));
        processes.push((servers, name, process));
    }
    let mut cases = Vec::new();
    for order in Order::ALL {
        for (servers, name, process) in &processes {
            let process = Rc::clone(process);
            let run = move |_, operations| {
                process.borrow_mut().round(order, operations).expect("the process runs")
            };
            let mut case = Case::new(order.name(), name, Flavor::One, OPERATIONS_MAX, run);
            if order == Order::Any {
                case.operations_min = ADDRESSED.min(*servers);
            }
            cases.push(case);
        }
    }
    round::measure(&mut cases, options);
    let line = |(order, cases): (_, &[Case])| {
        let points = processes.iter().zip(cases);
        let points = points.map(|((servers, ..), case)| Point::new(*servers, case, 1)).collect();
        Line { operation: O::NAME, order: Some(order), reference: O::REFERENCE, points }
    };
    let lines = Order::ALL.into_iter().zip(cases.chunks(processes.len())).map(line).collect();
    drop(cases);
    for (.., process) in processes {
        let process = Rc::into_inner(process).expect("the cases are gone").into_inner();
        process.end()?;
    }
    Ok(lines)
}
