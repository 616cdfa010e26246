//! Where and with what it was measured.

use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

use serde::Serialize;

/// The crates whose versions are told.
const CRATES: [&str; 8] = [
    "genserver-runtime",
    "tokio",
    "kameo",
    "ractor",
    "actix",
    "xtra",
    "spawned-concurrency",
    "rsactor",
];

#[derive(Debug, Serialize)]
pub struct Machine {
    pub date: String,
    pub processor: String,
    pub cores: usize,
    pub system: String,
    pub rustc: String,
    /// What was measured; with `-dirty` where it differs from what was committed.
    pub commit: String,
    pub crates: Vec<(String, String)>,
    pub command: String,
}

/// What a program prints in one line.
fn told(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().ok();
    let text = output.filter(|output| output.status.success());
    let text = text.and_then(|output| String::from_utf8(output.stdout).ok());
    text.map_or_else(|| "unknown".to_owned(), |text| text.trim().to_owned())
}

/// The versions of `CRATES`, as the lock file of this build has them.
fn versions() -> Vec<(String, String)> {
    let lock = include_str!("../../Cargo.lock");
    let version = |name: &str| {
        let (_, after) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
        Some((name.to_owned(), after.split_once('"')?.0.to_owned()))
    };
    CRATES.iter().filter_map(|name| version(name)).collect()
}

impl Machine {
    pub fn look() -> Self {
        let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let cpu = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let command = format!("cargo run --release -p benches -- {}", arguments.join(" "));
        Self {
            date: told("date", &["-u", "+%Y-%m-%d %H:%M UTC"]),
            processor: cpu.map_or("unknown", |(_, name)| name).to_owned(),
            cores: available_parallelism().map_or(1, usize::from),
            system: told("uname", &["-sr"]),
            rustc: told("rustc", &["--version"]),
            commit: told(
                "git",
                &["-C", env!("CARGO_MANIFEST_DIR"), "describe", "--always", "--dirty"],
            ),
            crates: versions(),
            command: command.trim_end_matches([' ', '-']).to_owned(),
        }
    }

    pub fn print(&self) {
        let crates: Vec<_> =
            self.crates.iter().map(|(name, version)| format!("{name} {version}")).collect();
        println!("{}; {}; {}", self.date, self.system, self.rustc);
        println!("{} cores of {}", self.cores, self.processor);
        println!("{}, commit {}", crates.join(", "), self.commit);
        println!("{}", self.command);
    }
}
