//! The disasters of servers by hand: that they happen there, and not here.

use crate::{run, stderr, stdout};

/// Each line without the memory that it tells, and those amounts in KiB.
fn without_memory(output: &str) -> (String, Vec<u64>) {
    let mut amounts = Vec::new();
    let mut story = String::new();
    for line in output.lines() {
        let words = line.strip_suffix(" KiB more memory").and_then(|line| line.rsplit_once(' '));
        let told = words.and_then(|(rest, amount)| Some((rest, amount.parse().ok()?)));
        story += told.map_or(line, |(rest, _)| rest);
        story += "\n";
        amounts.extend(told.map(|(_, amount): (_, u64)| amount));
    }
    (story, amounts)
}

#[test]
fn what_goes_wrong_by_hand_does_not_go_wrong_here() {
    let output = run("disasters", &[]);
    assert!(output.status.success(), "stderr: {}", stderr(&output));
    let (story, amounts) = without_memory(&stdout(&output).replace(", memory unknown", ","));
    assert_eq!(
        story,
        "-- a thousand sessions whose users have gone --\n\
         by hand: 1000 sessions in memory, 10000 rounds for nobody in 10s\n\
         macro:   0 sessions in memory, 0 rounds for nobody in 10s\n\
         -- a thousand sessions, a hundred of which crash --\n\
         by hand: 100 visits failed, then 900 of 1000 sessions answer\n\
         macro:   100 visits failed, then 1000 of 1000 sessions answer\n\
         macro:   0 sessions in memory without their supervisor\n\
         -- a million messages for a slow disk --\n\
         macro, overflow = wait: 1024 in the mailbox at the most,\n\
         macro, overflow = wait: 1000000 of 1000000 written\n\
         macro, overflow = drop_oldest: 1024 in the mailbox at the most,\n\
         macro, overflow = drop_oldest: 1023 written, 998977 dropped and counted\n\
         by hand: 1000000 in the channel at the most,\n\
         by hand: 1000000 of 1000000 written\n\
         -- five connections and an end --\n\
         by hand, let go: 0 connections open, 5 of 5 writes saved\n\
         by hand, panicked: 5 connections open, 0 of 5 writes saved\n\
         by hand, aborted: 5 connections open, 0 of 5 writes saved\n\
         by hand, with a guard, let go: 0 connections open, 5 of 5 writes saved\n\
         by hand, with a guard, panicked: 0 connections open, 0 of 5 writes saved\n\
         by hand, with a guard, aborted: 0 connections open, 0 of 5 writes saved\n\
         macro, stopped: 0 connections open, 5 of 5 writes saved\n\
         macro, its supervisor stopped: 0 connections open, 5 of 5 writes saved\n\
         macro, panicked: 0 connections open, 5 of 5 writes saved\n\
         macro, killed: 0 connections open, 0 of 5 writes saved\n"
    );
    if !cfg!(target_os = "linux") {
        return;
    }
    let [waiting, dropping, by_hand] = amounts[..] else { panic!("three amounts: {amounts:?}") };
    assert!(waiting < 4 * 1024, "a mailbox, and what the allocator takes for it: {waiting}");
    assert!(dropping < 4 * 1024, "a mailbox, and what the allocator takes for it: {dropping}");
    assert!(by_hand > 30 * 1024, "a million lines of 40 bytes: {by_hand}");
}
