//! States with a version, and the steps between the versions.

use super::check;

#[track_caller]
fn check_steps(version: u32, steps: &str, expected: &[&str]) {
    check(&format!("version = {version}"), &format!("impl Counter {{ {steps} }}"), expected);
}

/// A step of the right shape.
fn step(from: u32) -> String {
    format!("#[code_change(from = {from})] fn v{from}(old: V{from}) -> V{} {{ x }} ", from + 1)
}

#[test]
fn the_number_of_a_version_is_a_literal() {
    const PATH: &str = "`version` is the number of a version\nhelp: for instance `version = 1`";
    #[track_caller]
    fn wrong(value: &str, text: &str) {
        let text = format!("{value}: {text}");
        check(&format!("version = {value}"), "impl Counter {}", &[&text]);
        let step =
            format!("impl Counter {{ #[code_change(from = {value})] fn v(o: A) -> B {{}} }}");
        check("version = 4", &step, &[&text]);
    }
    wrong("0", "versions begin with 1");
    wrong("\"1\"", "the number of a version is whole");
    wrong("1.5", "the number of a version is whole");
    wrong("1u64", "the number of a version is a `u32`");
    wrong("-1", "the number of a version is a `u32`");
    wrong("4294967296", "the number of a version is a `u32`");
    check("version = Self::VERSION", "impl Counter {}", &[&format!("Self: {PATH}")]);
    check("version = (1)", "impl Counter {}", &[&format!("(: {PATH}")]);
    check(
        "version",
        "impl Counter {}",
        &["version: `version` needs a value\nhelp: for instance `version = 1`"],
    );
    for version in [1, 7, u32::MAX] {
        check_steps(version, "", &[]);
    }
}

#[test]
fn the_steps_lead_from_some_version_to_the_newest() {
    check_steps(3, &(step(1) + &step(2)), &[]);
    check_steps(3, &(step(2) + &step(1)), &[]);
    check_steps(9, &(step(7) + &step(8)), &[]);
    check_steps(u32::MAX, &step(u32::MAX - 1), &[]);
    check("version = 2_u32", "impl Counter { #[code_change(from = 0x1)] fn v(o: A) -> B {} }", &[]);
}

#[test]
fn a_gap_is_told_above_it() {
    check_steps(
        3,
        &step(1),
        &["3: no step leads from version 2 to version 3\n\
           help: add `#[code_change(from = 2)]`"],
    );
    check_steps(
        7,
        &(step(1) + &step(5) + &step(2)),
        &[
            "5: no step leads from version 3 to version 5\n\
             help: add `#[code_change(from = 3)]`, and so on up to `from = 4`",
            "7: no step leads from version 6 to version 7\n\
             help: add `#[code_change(from = 6)]`",
        ],
    );
    check_steps(
        u32::MAX,
        &step(1),
        &["4294967295: no step leads from version 2 to version 4294967295\n\
           help: add `#[code_change(from = 2)]`, and so on up to `from = 4294967294`"],
    );
}

#[test]
fn a_step_migrates_from_an_older_version() {
    check_steps(
        2,
        &(step(1) + &step(2)),
        &["2: `v2` migrates from version 2, but the state has version 2\n\
           help: a step migrates from an older version; for a newer state write `version = 3`"],
    );
    check(
        "",
        &format!("impl Counter {{ {} {} }}", step(1), step(2)),
        &["2: `v2` migrates from version 2, but the state of `Counter` has no version\n\
           help: write `#[genserver(version = 3)]`"],
    );
    // What the version is could not be read: that is what is told.
    check(
        "version = x",
        &format!("impl Counter {{ {} }}", step(3)),
        &["x: `version` is the number of a version\nhelp: for instance `version = 1`"],
    );
}

#[test]
fn a_version_has_one_step() {
    let twice = step(1) + "#[code_change(from = 1)] fn other(old: A) -> B { x }";
    check_steps(2, &twice, &["1: two steps from version 1: `v1` and `other`"]);
    check_steps(
        2,
        "#[cfg(unix)] #[code_change(from = 1)] fn a(old: A) -> B { x }
         #[cfg(not(unix))] #[code_change(from = 1)] fn b(old: A) -> B { x }",
        &[],
    );
}

#[test]
fn the_attribute_says_the_version() {
    const HELP: &str = "\nhelp: for instance `#[code_change(from = 1)]`";
    let missing = "the `code_change` attribute needs the version that it migrates from";
    for attr in ["code_change", "code_change()"] {
        let told = format!("code_change: {missing}{HELP}");
        check_steps(2, &format!("#[{attr}] fn v1(old: A) -> B {{ x }}"), &[&told]);
    }
    check_steps(
        2,
        "#[code_change(to = 2)] fn v1(old: A) -> B { x }",
        &["to: unknown option `to` of the `code_change` attribute\nhelp: the options are `from`"],
    );
    check_steps(
        2,
        "#[code_change = 1] fn v1(old: A) -> B { x }",
        &["1: the `code_change` attribute takes no value\n\
           help: options stand in parentheses, `#[code_change(..)]`"],
    );
    check_steps(
        2,
        "#[code_change(from = 1, from = 1)] fn v1(old: A) -> B { x }",
        &["from: the option `from` is given twice"],
    );
    check_steps(
        2,
        "#[code_change(from = 1)] #[call] fn v1(&self) {}",
        &[
            "call: `v1` is both `code_change` and `call`",
            "&self: a `code_change` step has the shape `fn v1(old: Older) -> Newer`\n\
             help: or it returns `Result<Newer, E>`",
        ],
    );
}

#[test]
fn a_step_has_one_shape() {
    #[track_caller]
    fn wrong(step: &str, at: &str) {
        let told = format!(
            "{at}: a `code_change` step has the shape `fn v1(old: Older) -> Newer`\n\
             help: or it returns `Result<Newer, E>`"
        );
        check_steps(2, &format!("#[code_change(from = 1)] {step} {{ x }}"), &[&told]);
    }
    wrong("async fn v1(old: A) -> B", "async");
    wrong("fn v1<T>(old: T) -> B", "T");
    wrong("fn v1(&self, old: A) -> B", "&self");
    wrong("fn v1(self) -> B", "self");
    wrong("fn v1() -> B", "v1");
    wrong("fn v1(old: A, more: A) -> B", "more: A");
    wrong("fn v1(old: &A) -> B", "&A");
    wrong("fn v1(old: impl Old) -> B", "impl Old");
    wrong("fn v1(#[into] old: A) -> B", "#[into]");
    wrong("fn v1(old: A)", "v1");
    wrong("fn v1(old: A) -> ()", "v1");
    wrong("fn v1(old: A) -> &'a B", "&'a B");
    wrong("fn v1(old: A) -> impl New", "impl New");
    for right in [
        "const fn v1(old: A) -> B",
        "pub(crate) fn v1((server, state): (A, B)) -> Result<Self, E>",
        "fn v1(Old { a, .. }: Old) -> io::Result<Self>",
        "fn v1(mut old: Self) -> Self",
    ] {
        check_steps(2, &format!("#[code_change(from = 1)] {right} {{ x }}"), &[]);
    }
    check_steps(
        2,
        "#[code_change(from = 1)] unsafe fn v1(old: A) -> B { x }",
        &["unsafe: `v1` cannot be `unsafe`: the server calls it"],
    );
}

#[test]
fn restore_is_taken_where_there_is_a_version() {
    check("", "impl Counter { #[call] fn restore(&self) {} }", &[]);
    check_steps(
        1,
        "#[call] fn restore(&self) {}",
        &[
            "restore: the name `restore` is taken: `Counter::restore` starts the server from an exported state\n\
           help: `#[call(name = restore)] fn begin(..)`",
        ],
    );
    check_steps(
        1,
        "fn restore() {}",
        &[
            "restore: the name `restore` is taken: `Counter::restore` starts the server from an exported state\n\
           help: give it another name",
        ],
    );
    check(
        "version = 1, start = restore",
        "impl Counter {}",
        &["restore: the name `restore` is taken: it starts the server from an exported state"],
    );
}
