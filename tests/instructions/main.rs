//! How many instructions an operation costs, counted by valgrind: times depend on the machine and on what
//! else it does, instructions do not.
//!
//! `INSTRUCTIONS=overwrite cargo test -p tests --test instructions` measures `expected.txt` anew, and the
//! table of `docs/performance.md` with it; the difference is read before it is committed.

mod figures;
mod page;
mod program;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::figures::{Figures, TOLERANCE};
use crate::program::{Program, compiler};

fn expected_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("instructions/expected.txt")
}

fn expected() -> Figures {
    let text = fs::read_to_string(expected_path()).expect("the expected figures are there");
    Figures::parse(&text).expect("the expected figures can be read")
}

/// Past the capture of the tests' output: whoever reads the log shall see that nothing was measured.
fn say_skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: no instructions are counted: {why}");
}

/// All paths, as they are now.
fn measure(compiler: String) -> Figures {
    let program = Program::build();
    let cost = |path: &paths::Path| (path.name.to_owned(), program.cost(path));
    Figures { compiler, costs: paths::PATHS.iter().map(cost).collect() }
}

#[test]
fn an_operation_costs_the_instructions_that_are_stated() {
    let here = compiler();
    let overwrite = std::env::var_os("INSTRUCTIONS").is_some_and(|mode| mode == "overwrite");
    if !program::has_valgrind() {
        assert!(!overwrite, "figures cannot be measured without valgrind");
        return say_skipped("valgrind is missing");
    }
    if overwrite {
        let measured = measure(here);
        println!("{}", page::table(&measured));
        fs::write(expected_path(), measured.to_string()).expect("it can be written");
        page::overwrite(&measured);
        return;
    }
    let expected = expected();
    if expected.compiler != here {
        return say_skipped(&format!(
            "the figures are stated for {}, and this is {here}",
            expected.compiler
        ));
    }
    let measured = measure(here);
    println!("{}", page::table(&measured));
    let complaints = expected.complaints(&measured);
    assert!(
        complaints.is_empty(),
        "beyond {TOLERANCE} % of what is stated:\n{}\
         where that is intended, measure again: \
         `INSTRUCTIONS=overwrite cargo test -p tests --test instructions`",
        complaints.concat(),
    );
}

/// Figures of another compiler would never be compared: the test above passes them over.
#[test]
fn the_figures_are_those_of_the_pinned_toolchain() {
    let toolchain = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rust-toolchain.toml");
    let toolchain = fs::read_to_string(toolchain).expect("the toolchain is pinned");
    let channel = toolchain.split('"').nth(1).expect("its channel is quoted");
    let compiler = expected().compiler;
    assert!(
        compiler.starts_with(&format!("rustc {channel} ")),
        "stated for {compiler}, pinned is {channel}: measure again"
    );
}
