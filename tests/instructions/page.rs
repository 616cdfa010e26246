//! The same figures in `docs/performance.md`, with what each path does.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::figures::Figures;

const HEAD: &str = "| instructions | path | operation |\n|---:|---|---|\n";

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/performance.md")
}

fn read() -> String {
    fs::read_to_string(path()).expect("the page is there")
}

/// 1234567 as 1,234,567.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// What each path costs, and does.
pub fn table(figures: &Figures) -> String {
    let mut table = HEAD.to_owned();
    for (path, (_, cost)) in paths::PATHS.iter().zip(&figures.costs) {
        let _ = writeln!(table, "| {} | `{}` | {} |", grouped(*cost), path.name, path.operation);
    }
    table
}

/// The page with these figures in the place of those that it has.
fn with(page: &str, figures: &Figures) -> String {
    let (before, rest) = page.split_once(HEAD).expect("the page has the table");
    let rows = rest.split_inclusive('\n').take_while(|line| line.starts_with('|'));
    let after = &rest[rows.map(str::len).sum::<usize>()..];
    [before, &table(figures), after].concat()
}

/// Writes the figures into the page.
pub fn overwrite(figures: &Figures) {
    fs::write(path(), with(&read(), figures)).expect("it can be written");
}

#[test]
fn the_page_has_the_stated_figures() {
    let page = read();
    assert!(
        page == with(&page, &crate::expected()),
        "measure again: `INSTRUCTIONS=overwrite cargo test -p tests --test instructions`"
    );
}

#[test]
fn numbers_are_grouped() {
    assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
}

#[test]
fn only_the_table_is_replaced() {
    let figures = |cost| Figures {
        compiler: String::new(),
        costs: paths::PATHS.iter().map(|path| (path.name.to_owned(), cost)).collect(),
    };
    let [old, new] = [1, 2].map(|cost| format!("Before.\n\n{}\nAfter.\n", table(&figures(cost))));
    assert_ne!(old, new);
    assert_eq!(with(&old, &figures(2)), new);
}
