//! Runs every example as its user would and asserts what it prints.

mod cache;
#[cfg(unix)]
mod chat;
mod disasters;
mod loan_replay;
mod printed;
mod rate_limiter;
mod top;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The root of the workspace.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the workspace")
}

/// Runs an example of the package `examples`.
fn run(example: &str, args: &[&str]) -> Output {
    let cargo = std::env::var_os("CARGO").expect("cargo runs the tests");
    Command::new(cargo)
        .current_dir(root())
        .args(["run", "--quiet", "--package", "examples", "--example", example, "--"])
        .args(args)
        .output()
        .expect("cargo can be run")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("examples print text")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("examples print text")
}

/// A file of the tests' own.
fn scratch(name: &str, bytes: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).expect("the target folder can be written");
    path
}
