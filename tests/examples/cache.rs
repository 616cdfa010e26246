//! The cache that hibernates: what it prints, and that the memory it measures is given back.

use crate::{run, stderr, stdout};

/// The resident memory that a line tells.
#[track_caller]
fn resident(output: &str, when: &str) -> u64 {
    let line = output.lines().find_map(|line| line.strip_prefix(&format!("{when}: ")));
    let kib = line.and_then(|line| line.strip_suffix(" KiB resident"));
    kib.and_then(|kib| kib.parse().ok()).unwrap_or_else(|| panic!("no memory {when}: {output}"))
}

#[test]
fn an_idle_cache_gives_its_memory_back_and_keeps_its_blocks() {
    let output = run("cache", &[]);
    assert!(output.status.success(), "stderr: {}", stderr(&output));
    let output = stdout(&output);
    let (story, measured) = output.split_once("-- 10000 caches --\n").expect("both parts");
    assert_eq!(
        story,
        "get -> Some(7)\n\
         after 59s: Idle\n\
         cache is idle: it hibernates\n\
         after 61s: Hibernating\n\
         get -> Some(7)\n\
         after the call: Idle\n"
    );
    assert!(measured.ends_with("10000 caches have kept their block\n"), "{measured}");
    if !cfg!(target_os = "linux") {
        return;
    }
    let [before, idle, hibernated, awake] =
        ["before", "idle", "hibernated", "awake again"].map(|when| resident(measured, when));
    assert!(before < hibernated, "the caches are there: {measured}");
    assert!(hibernated * 2 < idle, "less than half is left: {measured}");
    assert!(awake < idle, "they take what they need: {measured}");
}
