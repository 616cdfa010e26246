//! A process for each operation and each number of servers, so that nothing else lives beside them. It
//! runs a round when it is told to, and waits otherwise: the rounds of all numbers alternate.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use super::crowd::{Crowd, Order};
use super::operation::{Operation, all_operations};
use crate::contenders::genserver::Inline;
use crate::runtime::Flavor;

/// The process, as the one sees it that tells it what to do.
pub struct Process {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Process {
    /// Starts it, and waits until its servers are there.
    pub fn start(operation: &str, servers: u32) -> io::Result<Self> {
        let mut child = Command::new(env::current_exe()?)
            .args(["--grown", operation, &servers.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take();
        let output = child.stdout.take().map(BufReader::new).expect("it is piped");
        let mut process = Self { child, input, output };
        process.round(Order::Same, 0)?;
        Ok(process)
    }

    /// The time that so many operations took.
    pub fn round(&mut self, order: Order, operations: u32) -> io::Result<Duration> {
        let input = self.input.as_mut().expect("it is piped until the end");
        writeln!(input, "{} {operations}", order.name())?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        line.trim().parse().map(Duration::from_nanos).map_err(io::Error::other)
    }

    /// Ends it: it asserts that all was done.
    pub fn end(mut self) -> io::Result<()> {
        self.input = None;
        let status = self.child.wait()?;
        if status.success() { Ok(()) } else { Err(io::Error::other(status.to_string())) }
    }
}

/// What the process does.
pub fn serve(operation: &str, servers: u32) {
    macro_rules! serve_named {
        ($($operation:ty),*) => {
            $(if operation == <$operation>::NAME {
                Flavor::One.run::<Inline>(run_rounds::<$operation>(servers));
            })*
        };
    }
    all_operations!(serve_named);
}

async fn run_rounds<O: Operation>(servers: u32) -> Duration {
    let begun = Instant::now();
    let mut crowd = Crowd::<O>::new(servers).await;
    let mut line = String::new();
    // Nothing else shall run in this process between two rounds: waiting for a line stops its one thread.
    while io::stdin().read_line(&mut line).expect("it is told by lines") > 0 {
        let (order, operations) = asked(&line).expect("an order and a number");
        let time = crowd.round(order, operations).await;
        println!("{}", time.as_nanos());
        line.clear();
    }
    crowd.check().await;
    begun.elapsed()
}

fn asked(line: &str) -> Option<(Order, u32)> {
    let (name, operations) = line.trim().rsplit_once(' ')?;
    let order = Order::ALL.into_iter().find(|order| order.name() == name)?;
    Some((order, operations.parse().ok()?))
}
