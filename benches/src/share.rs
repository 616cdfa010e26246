//! The macro's share of the time of a `cargo check`: a crate of servers against the same crate with what
//! the macro writes in its place. Both have the same code to be checked, so what is left is the macro's own.

use std::error::Error;
use std::fmt::Write;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use benches::{Spread, each, expand_file};
use serde::Serialize;

use crate::package::{GENSERVER, Package, in_folder};

/// How many servers the crate has.
pub const SERVERS: usize = 100;
/// How many handlers each of them has.
pub const HANDLERS: usize = 10;

/// The servers in turn; every fourth is a state machine.
const TURN: [&str; 8] = [CACHE, ACCOUNT, FEED, ORDER, CACHE, ACCOUNT, FEED, DOOR];
const CACHE: &str = include_str!("../programs/servers/cache.rs");
const ACCOUNT: &str = include_str!("../programs/servers/account.rs");
const FEED: &str = include_str!("../programs/servers/feed.rs");
const ORDER: &str = include_str!("../programs/servers/order.rs");
const DOOR: &str = include_str!("../programs/servers/door.rs");

/// What cargo has of the crate from before; its dependencies are always built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Before {
    /// Nothing.
    Nothing,
    /// The crate as it is, whose file was written again: rustc expands all of it and checks what changed.
    Same,
}

impl Before {
    pub const ALL: [Self; 2] = [Self::Nothing, Self::Same];

    /// What it is called in the tables.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Nothing => "checked for the first time",
            Self::Same => "checked again, touched",
        }
    }
}

/// What was measured, in nanoseconds a `cargo check`.
#[derive(Debug, Serialize)]
pub struct Share {
    pub before: Before,
    pub with: Spread,
    pub expanded: Spread,
}

impl Share {
    /// Of the time with the macro, in percent.
    pub fn percent(&self) -> f64 {
        (self.with.median - self.expanded.median) / self.with.median * 100.0
    }
}

/// A crate of servers.
struct Servers {
    name: &'static str,
    package: Package,
    /// Of each `Before`.
    rounds: [Vec<f64>; 2],
}

impl Servers {
    fn create(
        folder: &Path,
        name: &'static str,
        read: impl Fn(&str) -> Result<String, Box<dyn Error>>,
    ) -> Result<Self, Box<dyn Error>> {
        // Both have one place, so that what they depend on is built once.
        let target = folder.join("target");
        let package = Package::create(folder.join(name), name, GENSERVER, target)?;
        // What rustc says of code by hand but not of the macro's: to be shown, it would take time.
        let mut root = "#![allow(non_snake_case, unused_braces, unused_imports)]\n".to_owned();
        for number in 0..SERVERS {
            writeln!(root, "pub mod server_{number};")?;
            let source = read(TURN[number % TURN.len()])?;
            fs::write(package.source(&format!("server_{number}.rs")), source)?;
        }
        fs::write(package.source("lib.rs"), root)?;
        Ok(Self { name, package, rounds: [Vec::new(), Vec::new()] })
    }

    /// Checks it; nanoseconds.
    fn check(&self) -> Result<f64, Box<dyn Error>> {
        let root: PathBuf = self.package.source("lib.rs");
        File::options().append(true).open(root)?.set_modified(SystemTime::now())?;
        let begun = Instant::now();
        let status = self.package.cargo(&["check", "--quiet"]).status()?;
        let time = each(begun.elapsed(), 1);
        if !status.success() {
            return Err(format!("the servers of {} do not pass", self.name).into());
        }
        Ok(time)
    }

    fn round(&mut self, counted: bool) -> Result<(), Box<dyn Error>> {
        let status = self.package.cargo(&["clean", "--quiet", "--package", self.name]).status()?;
        if !status.success() {
            return Err(format!("what was made of {} is not removed", self.name).into());
        }
        for times in 0..Before::ALL.len() {
            let time = self.check()?;
            if counted {
                self.rounds[times].push(time);
            }
        }
        Ok(())
    }
}

/// Checks both crates in turns, in a temporary folder. The first turn is not counted, each turn begins with
/// the other one.
pub fn measure(rounds: usize) -> Result<Vec<Share>, Box<dyn Error>> {
    let work = |folder: &Path| {
        let mut both = [
            Servers::create(folder, "attributed", |source| Ok(source.to_owned()))?,
            Servers::create(folder, "expanded", |source| Ok(expand_file(source)?))?,
        ];
        both[0].check()?;
        for round in 0..=rounds {
            eprintln!("checking the servers, round {round} of {rounds}");
            both[round % 2].round(round > 0)?;
            both[(round + 1) % 2].round(round > 0)?;
        }
        let [with, expanded] = both.map(|servers| servers.rounds.map(Spread::of));
        let shares = Before::ALL.into_iter().zip(with.into_iter().zip(expanded));
        Ok(shares.map(|(before, (with, expanded))| Share { before, with, expanded }).collect())
    };
    in_folder(work)
}
