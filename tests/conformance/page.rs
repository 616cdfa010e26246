//! `docs/conformance.md` and the tests say the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The lists that rows are numbered in.
const LISTS: [&str; 4] = ["GS", "SM", "SYS", "TM"];

/// Rows by number, with the first word of what the page says of each.
fn rows() -> BTreeMap<String, String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/conformance.md");
    let page = fs::read_to_string(&page).expect("the page is there");
    let mut rows = BTreeMap::new();
    for line in page.lines() {
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

/// The rows that have a test: `gs_36_..` is GS-36.
fn tested() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance");
    let mut tested = BTreeSet::new();
    for file in fs::read_dir(folder).expect("the tests are there") {
        let path = file.expect("it can be listed").path();
        let text = fs::read_to_string(path).expect("it is text");
        for line in text.lines() {
            let line = line.trim_start();
            let name = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
            let words: Vec<_> = name.into_iter().flat_map(|name| name.split('_')).collect();
            // A test may be one of several rows: `tm_10_tm_11_..`.
            for pair in words.chunks(2) {
                let [list, number] = pair else { break };
                let list = list.to_uppercase();
                if !LISTS.contains(&&*list) {
                    break;
                }
                tested.insert(format!("{list}-{number}"));
            }
        }
    }
    tested
}

#[test]
fn every_row_that_holds_has_a_test_and_every_test_a_row() {
    let held = rows().into_iter().filter(|(_, status)| status == "pass" || status == "adapted");
    let held: BTreeSet<_> = held.map(|(row, _)| row).collect();
    let tested = tested();
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
    let missing = [4, 15];
    for number in (1..=18).filter(|number| !missing.contains(number)) {
        assert!(rows.contains_key(&format!("TM-{number}")), "TM-{number} is missing");
    }
}
