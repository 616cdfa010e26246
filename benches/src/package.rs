//! A package outside of any workspace, with the versions of this one.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The dependency on this project, as a manifest has it.
pub const GENSERVER: &str = concat!(
    "genserver-runtime = { path = \"",
    env!("CARGO_MANIFEST_DIR"),
    "/../genserver-runtime\" }"
);

/// The same without what a program of plain servers does not need.
pub const LEAN: &str = concat!(
    "genserver-runtime = { path = \"",
    env!("CARGO_MANIFEST_DIR"),
    "/../genserver-runtime\", default-features = false, features = [\"macros\"] }"
);

/// A package in a folder of its own.
pub struct Package {
    folder: PathBuf,
    target: PathBuf,
}

impl Package {
    /// Writes it without a source; `rest` begins with its dependencies. What cargo makes of it lies
    /// in `target`.
    pub fn create(
        folder: PathBuf,
        name: &str,
        rest: &str,
        target: PathBuf,
    ) -> Result<Self, Box<dyn Error>> {
        fs::create_dir_all(folder.join("src"))?;
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\n{rest}\n\n[workspace]\n"
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        // The same versions as in this workspace, where it has them.
        fs::write(folder.join("Cargo.lock"), include_str!("../../Cargo.lock"))?;
        Ok(Self { folder, target })
    }

    /// Where a source file of it lies.
    pub fn source(&self, file: &str) -> PathBuf {
        self.folder.join("src").join(file)
    }

    /// What cargo has made.
    pub fn made(&self, file: &str) -> PathBuf {
        self.target.join(file)
    }

    /// Fetches what it depends on, so that no build waits for the network.
    pub fn fetch(&self) -> Result<(), Box<dyn Error>> {
        let status = self.online(&["fetch", "--quiet"]).status()?;
        if status.success() { Ok(()) } else { Err("what a package needs was not fetched".into()) }
    }

    /// A command of cargo that does not ask the network.
    pub fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = self.online(arguments);
        command.arg("--offline");
        command
    }

    fn online(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
        command.args(arguments).current_dir(&self.folder);
        command.env("CARGO_TARGET_DIR", &self.target);
        command
    }
}

/// Gives a temporary folder, and removes it afterwards.
pub fn in_folder<T>(
    work: impl FnOnce(&Path) -> Result<T, Box<dyn Error>>,
) -> Result<T, Box<dyn Error>> {
    let folder = env::temp_dir().join(format!("genserver-benches-{}", std::process::id()));
    let worked = work(&folder);
    // What came of the work is told, also where nothing was made.
    let removed = if folder.exists() { fs::remove_dir_all(&folder) } else { Ok(()) };
    let worked = worked?;
    removed?;
    Ok(worked)
}
