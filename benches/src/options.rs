//! What the command line asks for.

use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

/// How it is used.
pub const USAGE: &str = "\
cargo run --release -p benches -- [OPTIONS]
    --help           this text
    --full           longer rounds and more of them, 1,000,000 servers of each contender
    --only SCENARIO  the scenario of this name, else those whose name contains it; nothing else
    --growth         what an operation costs with few and with many servers and messages, nothing else
    --build          clean builds of a counter program for each contender, which takes minutes; alone with --only nothing
    --macro          the macro's share of a `cargo check`, nothing else unless --only, which takes minutes
    --json PATH      writes what was measured
    --svg PATH       draws it
";

/// `--only nothing`: for what is asked for besides.
const NOTHING: &str = "nothing";

/// What is measured.
#[derive(Debug, Default, PartialEq, Eq)]
pub enum What {
    /// This project beside others.
    #[default]
    Comparison,
    /// What an operation costs as there are more servers and messages.
    Growth,
    /// Nothing: how this is used.
    Help,
}

/// Which scenarios are measured.
#[derive(Debug)]
pub enum Only {
    /// That of this name.
    Named(String),
    /// Those whose name contains this.
    Containing(String),
}

/// The parsed command line.
#[derive(Debug, Default)]
pub struct Options {
    pub full: bool,
    pub what: What,
    pub build: bool,
    /// `--macro`
    pub shares: bool,
    pub only: Option<Only>,
    pub json: Option<PathBuf>,
    pub svg: Option<PathBuf>,
    /// Asked for by this program itself, of a process of its own: a contender and a number of servers.
    pub resident: Option<(String, usize)>,
    /// The same: an operation whose growth is measured, and a number of servers.
    pub grown: Option<(String, u32)>,
}

impl Options {
    /// Reads the arguments behind the name of the program; the error is a sentence.
    pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "--help" | "-h" => options.what = What::Help,
                "--full" => options.full = true,
                "--growth" => options.what = What::Growth,
                "--build" => options.build = true,
                "--macro" => options.shares = true,
                "--only" => options.only = Some(Only::Containing(value()?)),
                "--json" => options.json = Some(value()?.into()),
                "--svg" => options.svg = Some(value()?.into()),
                "--resident" => {
                    let contender = value()?;
                    let servers = value()?.parse().map_err(|error| format!("{error}"))?;
                    options.resident = Some((contender, servers));
                }
                "--grown" => {
                    let operation = value()?;
                    let servers = value()?.parse().map_err(|error| format!("{error}"))?;
                    options.grown = Some((operation, servers));
                }
                other => return Err(format!("unknown option {other}")),
            }
        }
        let growth = options.what == What::Growth;
        if growth && (options.build || options.shares) {
            return Err("--growth is measured alone: not with --build, not with --macro".into());
        }
        if options.svg.is_some() && options.shares && options.only.is_none() {
            return Err("--macro has nothing to draw".into());
        }
        Ok(options)
    }

    /// How many rounds are counted.
    pub const fn rounds(&self) -> usize {
        if self.full { 15 } else { 7 }
    }

    /// How long a round of a case lasts about.
    pub const fn round(&self) -> Duration {
        Duration::from_millis(if self.full { 200 } else { 25 })
    }

    /// Whether a scenario is asked for.
    pub fn wants(&self, scenario: &str) -> bool {
        match &self.only {
            None => !self.shares,
            Some(Only::Named(name)) => scenario == name,
            Some(Only::Containing(part)) => scenario.contains(part),
        }
    }

    /// Looks whether there is what is asked for by name; the error is a sentence.
    pub fn look_up(&mut self, scenarios: &[&str]) -> Result<(), String> {
        let Some(Only::Containing(part)) = &self.only else { return Ok(()) };
        if part != NOTHING && !scenarios.iter().any(|name| name.contains(part)) {
            let all = scenarios.join("; ");
            return Err(format!("no scenario's name contains {part:?}; there are: {all}"));
        }
        if scenarios.contains(&part.as_str()) {
            self.only = Some(Only::Named(part.clone()));
        }
        Ok(())
    }

    /// Makes the files that shall be written: a place that cannot be is found before anything is
    /// measured.
    pub fn make_files(&self) -> Result<(), String> {
        for path in self.json.iter().chain(&self.svg) {
            File::create(path).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        Ok(())
    }
}
