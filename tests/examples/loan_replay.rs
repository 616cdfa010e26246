//! The replay of a loan log: what it counts, what it refuses, what it cannot read.

use std::path::Path;

use crate::{root, run, scratch, stderr, stdout};

/// A log of one case with these activities, an hour apart.
fn log(case: &str, activities: &[&str]) -> String {
    let event = |(hour, activity): (usize, &&str)| {
        format!(
            "<event><string key=\"concept:name\" value=\"{activity}\"/>\
             <date key=\"time:timestamp\" value=\"2012-01-01T{hour:02}:00:00.000+01:00\"/></event>"
        )
    };
    let events = activities.iter().enumerate().map(event).collect::<Vec<_>>().concat();
    format!("<log><trace><string key=\"concept:name\" value=\"{case}\"/>{events}</trace></log>")
}

/// Runs the example on a file; its status, the last line it prints, and what it complains of.
fn replay(path: &Path) -> (Option<i32>, String, String) {
    let output = run("loan_replay", &[&path.to_string_lossy()]);
    let last = stdout(&output).lines().last().unwrap_or_default().to_owned();
    (output.status.code(), last, stderr(&output))
}

#[test]
fn a_made_up_log_needs_no_file() {
    let output = run("loan_replay", &[]);
    assert_eq!(
        stdout(&output),
        "no log given: 300 made-up cases, seed 7\n\
         300 cases, 1408 events, 0 refused: 154 declined, 67 cancelled, 62 granted, 17 open\n",
        "stderr: {}",
        stderr(&output)
    );
    assert_eq!(output.status.code(), Some(0));
}

/// The real log lies beside the project, not in it: on a machine without it there is nothing to
/// replay, and the made-up log stands for it.
#[test]
fn the_real_log_is_legal_to_the_last_event() {
    let path = root().join("../shared/data/bpic2012.xes.gz");
    if !path.exists() {
        println!("{} is not there", path.display());
        return;
    }
    let (status, last, complaint) = replay(&path);
    assert_eq!(
        last,
        "13087 cases, 60849 events, 0 refused: 7635 declined, 2807 cancelled, 2246 granted, 399 open",
        "stderr: {complaint}"
    );
    assert_eq!(status, Some(0));
}

#[test]
fn what_the_machine_does_not_allow_is_refused_and_told() {
    let activities = [
        "A_SUBMITTED",
        "A_ACCEPTED",
        "A_PARTLYSUBMITTED",
        "A_PREACCEPTED",
        "A_ACCEPTED",
        "A_FINALIZED",
        "A_APPROVED",
        "A_APPROVED",
        "A_DECLINED",
    ];
    let path = scratch("refused.xes", log("case-7", &activities).as_bytes());
    let output = run("loan_replay", &[&path.to_string_lossy()]);
    assert_eq!(
        stdout(&output),
        "refused: case case-7: A_ACCEPTED while Submitted, which allows: partly_submit \
         (cannot `accept` while Submitted; allowed: partly_submit; \
         from Submitted: partly_submit, then preaccept, then accept)\n\
         refused: case case-7: A_APPROVED while Granting, which allows: close \
         (`Approve` was done before)\n\
         refused: case case-7: A_DECLINED while Granting, which allows: close \
         (cannot `decline` while Granting; allowed: close; no way leads there)\n\
         1 cases, 9 events, 3 refused: 0 declined, 0 cancelled, 0 granted, 1 open\n",
        "stderr: {}",
        stderr(&output)
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn only_the_first_ten_refusals_are_told() {
    let mut activities = vec!["A_SUBMITTED"];
    activities.extend(["A_DECLINED"; 12]);
    let path = scratch("many_refused.xes", log("case-8", &activities).as_bytes());
    let output = run("loan_replay", &[&path.to_string_lossy()]);
    let told = stdout(&output).lines().filter(|line| line.starts_with("refused: ")).count();
    assert_eq!(told, 10, "stderr: {}", stderr(&output));
    assert!(stdout(&output).contains(", 12 refused: "));
}

#[track_caller]
fn check_unreadable(file: &str, bytes: &[u8], complaint: &str) {
    let (status, last, said) = replay(&scratch(file, bytes));
    assert!(said.contains(complaint), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    assert_eq!((status, last.as_str()), (Some(2), ""));
}

#[test]
fn a_missing_file_is_named() {
    let (status, _, said) = replay(Path::new("no/such/log.xes"));
    assert!(said.contains("cannot open no/such/log.xes"), "{said}");
    assert_eq!(status, Some(2));
}

#[test]
fn a_log_that_is_cut_off_is_told() {
    let whole = log("case-1", &["A_SUBMITTED"]);
    check_unreadable("cut.xes", &whole.as_bytes()[..whole.len() - 9], "the log is cut off");
}

#[test]
fn a_malformed_log_is_told_with_its_place() {
    check_unreadable("bad.xes", b"<log><trace></event></log>", "malformed XML");
}

#[test]
fn an_unknown_activity_is_told_with_its_case() {
    let text = log("case-2", &["A_SUBMITTED", "A_FORGOTTEN"]);
    check_unreadable(
        "unknown.xes",
        text.as_bytes(),
        "case `case-2`, event 2: unknown activity `A_FORGOTTEN`",
    );
}

#[test]
fn a_case_without_a_name_is_told() {
    check_unreadable("nameless.xes", b"<log><trace></trace></log>", "the case has no name");
}
