//! What a small program costs that counts with a contender: the time of a clean build, how many crates
//! it has, how large it is.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
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
use crate::package::{GENSERVER, LEAN, Package, in_folder};

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

/// The program with no feature that it does not use, as tokio has none in the hand-written one.
pub const LEAN_NAME: &str = "genserver, fn, without supervision and introspection";

const PROGRAMS: [Program; 9] = [
    program!(HandWritten, "hand_written", ""),
    program!(Inline, "genserver", GENSERVER),
    Program {
        contender: LEAN_NAME,
        source: include_str!("../programs/genserver.rs"),
        dependencies: LEAN,
    },
    program!(Kameo, "kameo", "kameo = \"0.22\""),
    program!(Ractor, "ractor", "ractor = \"0.16\""),
    program!(Actix, "actix", "actix = \"0.13\""),
    program!(Xtra, "xtra", "xtra = { version = \"0.6\", features = [\"macros\", \"tokio\"] }"),
    program!(Spawned, "spawned", "spawned-concurrency = \"0.5\"\nspawned-rt = \"0.5\""),
    program!(Rsactor, "rsactor", "rsactor = \"0.17\""),
];

impl Program {
    /// Builds it in a folder of its own.
    fn build(&self, folder: PathBuf) -> Result<Built, Box<dyn Error>> {
        let target = folder.join("target");
        let tokio = "tokio = { version = \"1\", features = [\"rt\", \"sync\", \"macros\"] }";
        let rest = format!("{tokio}\n{}\n\n[profile.release]\nstrip = true", self.dependencies);
        let package = Package::create(folder, "counter", &rest, target)?;
        fs::write(package.source("main.rs"), self.source)?;
        package.fetch()?;
        let begun = Instant::now();
        let status = package.cargo(&["build", "--release", "--quiet"]).status()?;
        let seconds = begun.elapsed().as_secs_f64();
        if !status.success() {
            return Err(format!("the program of {} is not built", self.contender).into());
        }
        let tree = package.cargo(&["tree", "--prefix=none", "--edges=normal,build"]).output()?;
        let tree = String::from_utf8(tree.stdout)?;
        // A line has a name and a version, and a mark where the crate was printed before.
        let crates: BTreeSet<Vec<&str>> =
            tree.lines().map(|line| line.split_whitespace().take(2).collect()).collect();
        let bytes = fs::metadata(package.made("release/counter"))?.len();
        Ok(Built { contender: self.contender, seconds, crates: crates.len(), bytes })
    }
}

/// Builds all of them, one after another.
pub fn build_all() -> Result<Vec<Built>, Box<dyn Error>> {
    let build = |folder: &Path| {
        let mut built = Vec::new();
        for (number, program) in PROGRAMS.iter().enumerate() {
            eprintln!("building the counter of {}", program.contender);
            built.push(program.build(folder.join(number.to_string()))?);
        }
        Ok(built)
    };
    in_folder(build)
}
