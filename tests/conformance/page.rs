//! `docs/conformance.md` and the tests say the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The lists that rows are numbered in.
const LISTS: [&str; 9] = ["DYN", "GS", "LM", "PS", "REG", "SM", "SUP", "SYS", "TM"];

/// The folders of tests that are named after rows.
const FOLDERS: [&str; 3] = ["conformance", "memory", "supervision"];

/// Where the part begins that is made from the names of the tests.
const MADE: &str = "## Tests by row\n";

fn page_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/conformance.md")
}

/// The page: what is written by hand, and what is made.
fn page() -> (String, String) {
    let page = fs::read_to_string(page_path()).expect("the page is there");
    let at = page.find(MADE).unwrap_or(page.len());
    (page[..at].to_owned(), page[at..].to_owned())
}

/// A row's place among the others: by list, then by number.
fn place(row: &str) -> (String, u32) {
    let (list, number) = row.split_once('-').expect("a row is `GS-1`");
    (list.to_owned(), number.parse().expect("rows are numbered"))
}

/// Rows by number, with the first word of what the page says of each.
fn rows() -> BTreeMap<String, String> {
    let mut rows = BTreeMap::new();
    for line in page().0.lines() {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let [_, row, _, status, ..] = cells[..] else { continue };
        if LISTS.iter().any(|list| row.starts_with(&format!("{list}-"))) {
            let known = ["pass", "adapted", "not applicable", "later"];
            assert!(known.contains(&status), "{row} is {status:?}");
            let twice = rows.insert(row.to_owned(), status.to_owned());
            assert_eq!(twice, None, "{row} stands there twice");
        }
    }
    rows
}

/// The files in a folder of tests, and in those below it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).expect("the tests are there");
    let paths = paths.map(|path| path.expect("it can be listed").path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The tests of each row: `gs_36_..` is one of GS-36, `tm_10_tm_11_..` of both.
fn tests() -> BTreeMap<String, BTreeSet<String>> {
    let mut tests = BTreeMap::<_, BTreeSet<_>>::new();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for path in FOLDERS.into_iter().flat_map(|folder| files(&here.join(folder))) {
        let text = fs::read_to_string(path).expect("it is text");
        for line in text.lines() {
            let line = line.trim_start();
            let name = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
            let Some(name) = name.and_then(|name| name.split('(').next()) else { continue };
            let words: Vec<_> = name.split('_').collect();
            for pair in words.chunks(2) {
                let [list, number] = pair else { break };
                let list = list.to_uppercase();
                if !LISTS.contains(&&*list) {
                    break;
                }
                tests.entry(format!("{list}-{number}")).or_default().insert(name.to_owned());
            }
        }
    }
    tests
}

/// What the page says of the tests.
fn made() -> String {
    let (rows, tests) = (rows(), tests());
    let count = |wanted: &str| rows.values().filter(|status| *status == wanted).count();
    let [pass, adapted] = ["pass", "adapted"].map(count);
    let [void, later] = ["not applicable", "later"].map(count);
    let mut made = format!(
        "{MADE}\nMade from the names of the tests; \
         `CONFORMANCE=overwrite cargo test -p tests --test conformance page` makes it anew.\n\n\
         {} rows: {pass} pass, {adapted} adapted, {void} not applicable, {later} later.\n\n\
         | row | tests |\n|---|---|\n",
        rows.len(),
    );
    let mut by_row: Vec<_> = tests.into_iter().collect();
    by_row.sort_by_key(|(row, _)| place(row));
    for (row, names) in by_row {
        let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        made.extend([format!("| {row} | {} |\n", names.join(", "))]);
    }
    made
}

#[test]
fn the_page_lists_the_tests_of_each_row() {
    let (written, was) = page();
    let made = made();
    if std::env::var_os("CONFORMANCE").is_some_and(|mode| mode == "overwrite") {
        fs::write(page_path(), format!("{}\n\n{made}", written.trim_end()))
            .expect("it can be written");
        return;
    }
    assert_eq!(was, made, "docs/conformance.md is old: run this test with CONFORMANCE=overwrite");
}

#[test]
fn every_row_that_holds_has_a_test_and_every_test_a_row() {
    let held = rows().into_iter().filter(|(_, status)| status == "pass" || status == "adapted");
    let held: BTreeSet<_> = held.map(|(row, _)| row).collect();
    let tested: BTreeSet<_> = tests().into_keys().collect();
    let untested: Vec<_> = held.difference(&tested).collect();
    let unheld: Vec<_> = tested.difference(&held).collect();
    assert!(untested.is_empty(), "rows without a test: {untested:?}");
    assert!(unheld.is_empty(), "tests of rows that the page does not hold: {unheld:?}");
}

#[test]
fn every_row_of_the_list_is_on_the_page() {
    // The list has no such rows.
    let missing = [8, 11, 29, 37, 60, 67, 76];
    let rows = rows();
    for number in (1..=77).filter(|number| !missing.contains(number)) {
        assert!(rows.contains_key(&format!("GS-{number}")), "GS-{number} is missing");
    }
    let missing = [3, 9, 22];
    for number in (1..=26).filter(|number| !missing.contains(number)) {
        assert!(rows.contains_key(&format!("SYS-{number}")), "SYS-{number} is missing");
    }
    let missing = [79, 81, 88, 90];
    for number in (78..=91).filter(|number| !missing.contains(number)) {
        assert!(rows.contains_key(&format!("GS-{number}")), "GS-{number} is missing");
    }
    let missing = [7, 9, 14];
    for number in (1..=31).filter(|number| !missing.contains(number)) {
        assert!(rows.contains_key(&format!("SM-{number}")), "SM-{number} is missing");
    }
    let missing = [4, 15];
    for number in (1..=18).filter(|number| !missing.contains(number)) {
        assert!(rows.contains_key(&format!("TM-{number}")), "TM-{number} is missing");
    }
    let missing = [3, 29, 31, 40, 43];
    for number in (1..=53).filter(|number| !missing.contains(number)) {
        assert!(rows.contains_key(&format!("SUP-{number}")), "SUP-{number} is missing");
    }
    for number in (1..=14).filter(|&number| number != 2) {
        assert!(rows.contains_key(&format!("DYN-{number}")), "DYN-{number} is missing");
    }
    for number in 1..=6 {
        assert!(rows.contains_key(&format!("PS-{number}")), "PS-{number} is missing");
    }
}
