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
use std::sync::Once;

/// The root of the workspace.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the workspace")
}

fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").expect("cargo runs the tests"));
    cargo.current_dir(root());
    cargo
}

/// Cargo, with an example of the package `examples` to run. All of them are built before the first
/// runs: side by side, where each `cargo run` would build one while the others wait.
fn cargo_run(example: &str) -> Command {
    static BUILT: Once = Once::new();
    BUILT.call_once(|| {
        let built =
            cargo().args(["build", "--quiet", "--package", "examples", "--examples"]).status();
        assert!(built.expect("cargo can be run").success(), "the examples are not built");
    });
    let mut run = cargo();
    run.args(["run", "--quiet", "--package", "examples", "--example", example, "--"]);
    run
}

fn run(example: &str, args: &[&str]) -> Output {
    cargo_run(example).args(args).output().expect("cargo can be run")
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
