//! `top`: the fullest mailboxes and the longest-running handlers.

use crate::{run, stderr, stdout};

#[test]
fn top_shows_the_fullest_mailboxes_and_the_busy_handlers() {
    let output = run("top", &["--once"]);
    assert!(output.status.success(), "stderr: {}", stderr(&output));
    let output = stdout(&output);
    let lines: Vec<_> = output.lines().collect();
    assert_eq!(lines[0], "130 servers, 30 busy, 465 messages wait; q: quit");
    let words = |line: &str| -> Vec<String> {
        line.split(['│', ' ']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    for (place, line) in lines[3..13].iter().enumerate() {
        let waiting = (30 - place).to_string();
        let name = format!("worker-{waiting}");
        assert_eq!(words(line), ["Worker", &name, &waiting, &waiting, "1024"]);
    }
    let (_, slow) = output.split_once("longest-running handlers").expect("the second table");
    let rows = slow.lines().filter(|line| line.contains("worker-")).map(words);
    let handlers: Vec<_> = rows.map(|row| row[2].clone()).collect();
    assert_eq!(handlers, ["work"; 10]);
}
