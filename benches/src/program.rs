//! What a small program costs that counts with a contender: the time of a clean build, how many crates
//! it has, how large it is.

use std::collections::BTreeSet;
use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use serde::Serialize;

use crate::contender::Contender;
use crate::contenders::actix::Actix;
use crate::contenders::genserver::Inline;
use crate::contenders::hand_written::HandWritten;
use crate::contenders::kameo::Kameo;
use crate::contenders::ractor::Ractor;
use crate::contenders::rsactor::Rsactor;
use crate::contenders::spawned::Spawned;
use crate::contenders::xtra::Xtra;

/// What was measured of a contender. The build is one of the release profile, stripped.
#[derive(Debug, Serialize)]
pub struct Built {
    pub contender: &'static str,
    pub seconds: f64,
    /// Crates that are compiled, the program and what only its build needs included.
    pub crates: usize,
    pub bytes: u64,
}

/// A program, and what it needs besides tokio.
struct Program {
    contender: &'static str,
    source: &'static str,
    dependencies: &'static str,
}

macro_rules! program {
    ($contender:ty, $file:literal, $dependencies:expr) => {
        Program {
            contender: <$contender>::NAME,
            source: include_str!(concat!("../programs/", $file, ".rs")),
            dependencies: $dependencies,
        }
    };
}

const PROGRAMS: [Program; 8] = [
    program!(HandWritten, "hand_written", ""),
    program!(
        Inline,
        "genserver",
        concat!(
            "genserver-runtime = { path = \"",
            env!("CARGO_MANIFEST_DIR"),
            "/../genserver-runtime\" }"
        )
    ),
    program!(Kameo, "kameo", "kameo = \"0.22\""),
    program!(Ractor, "ractor", "ractor = \"0.16\""),
    program!(Actix, "actix", "actix = \"0.13\""),
    program!(Xtra, "xtra", "xtra = { version = \"0.6\", features = [\"macros\", \"tokio\"] }"),
    program!(Spawned, "spawned", "spawned-concurrency = \"0.5\"\nspawned-rt = \"0.5\""),
    program!(Rsactor, "rsactor", "rsactor = \"0.17\""),
];

impl Program {
    /// The manifest of a package outside of any workspace.
    fn manifest(&self) -> String {
        let tokio = "tokio = { version = \"1\", features = [\"rt\", \"sync\", \"macros\"] }";
        format!(
            "[package]\nname = \"counter\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\n{tokio}\n{}\n\n[profile.release]\nstrip = true\n\n[workspace]\n",
            self.dependencies
        )
    }

    /// Builds it in a folder of its own.
    fn build(&self, folder: &Path) -> Result<Built, Box<dyn Error>> {
        fs::create_dir_all(folder.join("src"))?;
        fs::write(folder.join("Cargo.toml"), self.manifest())?;
        // The same versions as in this workspace, and the network is not asked.
        fs::write(folder.join("Cargo.lock"), include_str!("../../Cargo.lock"))?;
        fs::write(folder.join("src/main.rs"), self.source)?;
        let cargo = |arguments: &[&str]| {
            let mut command = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
            command.args(arguments).current_dir(folder).env("CARGO_TARGET_DIR", "target");
            command
        };
        let begun = Instant::now();
        let status = cargo(&["build", "--release", "--offline", "--quiet"]).status()?;
        let seconds = begun.elapsed().as_secs_f64();
        if !status.success() {
            return Err(format!("the program of {} is not built", self.contender).into());
        }
        let tree =
            cargo(&["tree", "--offline", "--prefix=none", "--edges=normal,build"]).output()?;
        let tree = String::from_utf8(tree.stdout)?;
        // A line has a name and a version, and a mark where the crate was printed before.
        let crates: BTreeSet<Vec<&str>> =
            tree.lines().map(|line| line.split_whitespace().take(2).collect()).collect();
        let bytes = fs::metadata(folder.join("target/release/counter"))?.len();
        Ok(Built { contender: self.contender, seconds, crates: crates.len(), bytes })
    }
}

/// Builds all of them, one after another, in a temporary folder that is removed afterwards.
pub fn build_all() -> Result<Vec<Built>, Box<dyn Error>> {
    let folder = env::temp_dir().join(format!("genserver-benches-{}", std::process::id()));
    let mut built = Vec::new();
    for (number, program) in PROGRAMS.iter().enumerate() {
        eprintln!("building the counter of {}", program.contender);
        built.push(program.build(&folder.join(number.to_string()))?);
    }
    fs::remove_dir_all(folder)?;
    Ok(built)
}
