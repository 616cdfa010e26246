//! Each case compiles, as a program of this package, and runs.
//!
//! One case: `cargo run -p accepted --bin name`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files of the cases, from the root of the package.
fn cases() -> Vec<PathBuf> {
    let is_case = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "rs");
    let itself = Path::new(file!()).file_name();
    let beside = listed(root()).filter(|path| is_case(path) && path.file_name() != itself);
    let topics = listed(root()).filter(|path| path.is_dir());
    let cases = beside.chain(topics.flat_map(|topic| listed(&topic)));
    cases.map(|case| case.strip_prefix(root()).expect("it is in the package").to_owned()).collect()
}

fn listed(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(folder).expect("the cases are there");
    entries.map(|entry| entry.expect("it can be listed").path())
}

fn name(case: &Path) -> &str {
    case.file_stem().and_then(|name| name.to_str()).expect("cases have names")
}

/// What is not in the manifest is not built.
#[test]
fn every_case_is_a_program() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("it is there");
    for case in cases() {
        let program = format!("{{ name = \"{}\", path = \"{}\",", name(&case), case.display());
        assert!(manifest.contains(&program), "tests/ui/pass/Cargo.toml lacks: {program} .. }}");
    }
}

#[test]
fn every_case_runs() {
    let programs = Path::new(env!("CARGO_BIN_EXE_readme_machine")).parent().expect("a folder");
    let failed: Vec<_> =
        cases().into_iter().filter(|case| !runs(&programs.join(name(case)))).collect();
    assert!(failed.is_empty(), "{failed:?}");
}

fn runs(program: &Path) -> bool {
    let output = Command::new(program).output().expect("it was built");
    println!("{}: {}", program.display(), output.status);
    print!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output.status.success()
}
