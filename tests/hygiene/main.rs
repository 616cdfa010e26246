//! What holds for the repository as a whole.

mod guide;
mod life;

use std::path::Path;
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the workspace")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The README shows the example file itself, so that what a reader copies is what the tests ran.
#[test]
fn the_counter_of_the_readme_is_the_example() {
    let (readme, counter) = (read("README.md"), read("examples/counter.rs"));
    let (server, test) = counter.split_once("#[cfg(test)]").expect("the example has a test");
    for part in [server.trim(), test.trim()] {
        assert!(readme.contains(part), "README.md lacks, from examples/counter.rs:\n{part}");
    }
}

/// The README's machine compiles as it stands, and gives the error that the README shows for the
/// change that it names.
#[test]
fn the_machine_of_the_readme_is_the_ui_test() {
    let readme = read("README.md");
    let pass = read("tests/ui/pass/readme_machine.rs");
    let machine = readme
        .split("```rust\n")
        .map(|block| block.split("```").next().unwrap_or_default())
        .find(|block| block.contains("states("))
        .expect("the README has a machine");
    assert!(pass.contains(machine), "tests/ui/pass/readme_machine.rs lacks the README's machine");
    let error = read("tests/ui/fail/goto/readme_undeclared.stderr");
    let shown = "error[E0277]: `approve` does not declare a transition to `Disbursed`";
    assert!(error.starts_with(shown) && readme.contains(shown));
    assert!(error.contains("^^^^ not declared by the guard of `approve`"));
}

/// The two commands of the README are those that CI runs.
#[test]
fn ci_runs_the_commands_of_the_readme() {
    let (readme, ci) = (read("README.md"), read(".ci/run"));
    for command in ["cargo test --workspace", "cargo run --release --example murabaha"] {
        assert!(readme.contains(&format!("```sh\n{command}\n```")), "README.md: {command}");
        assert!(ci.contains(&format!("step {command}\n")), ".ci/run: {command}");
    }
}

/// A panicking handler must not end the program: where the profile says so, the runtime refuses
/// to compile, unless its feature accepts it.
#[test]
fn panic_abort_is_refused() {
    let check = |features: &[&str]| {
        let cargo = std::env::var_os("CARGO").expect("cargo runs the tests");
        Command::new(cargo)
            .current_dir(root())
            .args(["check", "--quiet", "--package", "genserver-runtime", "--no-default-features"])
            .args(["--config", "profile.dev.panic='abort'"])
            .arg("--target-dir")
            .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("abort"))
            .args(features)
            .output()
            .expect("cargo can be run")
    };
    let refused = check(&[]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success());
    assert!(said.contains("catches the panics of handlers"), "{said}");
    let accepted = check(&["--features", "panic-abort"]);
    assert!(accepted.status.success(), "{}", String::from_utf8_lossy(&accepted.stderr));
}

/// A `version` without the feature that it needs is one error, at the option.
#[test]
fn a_version_needs_the_feature_upgrade() {
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("unversioned");
    std::fs::create_dir_all(package.join("src")).expect("the target folder can be written");
    let write = |path: &str, text: &str| {
        std::fs::write(package.join(path), text).expect("the target folder can be written");
    };
    let runtime = root().join("genserver-runtime");
    write(
        "Cargo.toml",
        &format!(
            "[package]\nname = \"unversioned\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\ngenserver-runtime = {{ path = {runtime:?} }}\n"
        ),
    );
    write("Cargo.lock", &read("Cargo.lock"));
    write(
        "src/lib.rs",
        "use genserver_runtime::prelude::*;\n\npub struct Counter;\n\n\
         #[genserver(version = 2)]\nimpl Counter {\n    #[code_change(from = 1)]\n    \
         fn v1(_: u8) -> Self {\n        Self\n    }\n}\n",
    );
    let cargo = std::env::var_os("CARGO").expect("cargo runs the tests");
    let refused = Command::new(cargo)
        .current_dir(&package)
        .args(["check", "--quiet", "--offline", "--target-dir"])
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("abort"))
        .output()
        .expect("cargo can be run");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success());
    assert_eq!(said.matches("error: `").count(), 1, "{said}");
    let lines = [
        "error: `version` needs the feature `upgrade` of genserver-runtime\n",
        "src/lib.rs:5:13\n",
        "5 | #[genserver(version = 2)]\n  |             ^^^^^^^\n",
    ];
    for line in lines {
        assert!(said.contains(line), "{line}\n{said}");
    }
}
