//! What becomes of messages that lay in the mailbox of an incarnation that ended.

use std::sync::{Arc, Mutex};

use genserver_runtime::DeadLetter;
use genserver_runtime::prelude::*;

use crate::support::{Gate, Journal, exited, panicked, settle};

/// Notes what it was sent.
pub struct Post {
    journal: Journal,
}

/// A message by type.
pub struct Parcel(u32);

#[genserver]
impl Post {
    #[init]
    fn new(journal: Journal) -> Self {
        Self { journal }
    }

    /// Waits for the test, and fails.
    #[cast]
    async fn fail_after(&self, gate: Gate) {
        gate.pass().await;
        panic!("expected: it failed");
    }

    #[cast]
    fn letter(&self, number: u32) {
        self.journal.note(format!("letter {number}"));
    }

    #[info]
    fn parcel(&self, parcel: Parcel) {
        self.journal.note(format!("parcel {}", parcel.0));
    }

    #[call]
    fn count(&self) -> u32 {
        7
    }

    #[terminate]
    fn close(&mut self, _reason: &ExitReason) {
        self.journal.note("closes");
    }
}

type Letters = Arc<Mutex<Vec<DeadLetter<Post>>>>;

fn names(letters: &Letters) -> Vec<&'static str> {
    letters.lock().expect("nobody panics with it").iter().map(DeadLetter::message).collect()
}

/// A child whose dead letters are kept, in a handler that will fail, with two letters and a parcel
/// in its mailbox; and the gate of that handler.
async fn laden(
    supervisor: &Supervisor,
    journal: &Journal,
    letters: &Letters,
) -> (PostClient, Gate) {
    let (inside, kept) = (journal.clone(), Arc::clone(letters));
    let start = move || {
        let (kept, journal) = (Arc::clone(&kept), inside.clone());
        let told = inside.clone();
        Post::start(journal).dead_letters(move |letter| {
            told.note(format!("dead: {}", letter.message()));
            kept.lock().expect("nobody panics with it").push(letter);
        })
    };
    let post = supervisor.start_child("post", start).await.expect("it starts");
    let gate = Gate::new();
    post.fail_after(gate.clone()).await.expect("it runs");
    gate.reached().await;
    post.letter(1).await.expect("there is room");
    post.send_info(Parcel(2)).await.expect("there is room");
    post.letter(3).await.expect("there is room");
    (post, gate)
}

async fn supervisor() -> Supervisor {
    Supervisor::one_for_one().await.expect("it has no children")
}

#[tokio::test(start_paused = true)]
async fn what_a_crash_leaves_is_handed_over_in_order_and_reaches_the_next_incarnation_once() {
    let (journal, letters, supervisor) = (Journal::new(), Letters::default(), supervisor().await);
    let (post, gate) = laden(&supervisor, &journal, &letters).await;
    let first = post.id();
    gate.open();
    settle().await;
    let dead = ["dead: letter", "dead: parcel", "dead: letter"];
    journal.holds(&[dead[0], dead[1], dead[2], "closes"]);
    let kept: Vec<_> = letters.lock().expect("nobody panics with it").drain(..).collect();
    for letter in kept {
        assert_eq!(Some(letter.server()), first);
        letter.resend(&post).await.expect("the next one is there");
    }
    post.sync().await.expect("it runs");
    let handled = ["letter 1", "parcel 2", "letter 3"];
    journal.holds(&[dead[0], dead[1], dead[2], "closes", handled[0], handled[1], handled[2]]);
    assert_eq!((names(&letters), post.counters().dead), (Vec::new(), 0));
}

#[tokio::test(start_paused = true)]
async fn a_kill_and_a_stop_hand_over_too_and_calls_are_answered() {
    for kill in [true, false] {
        let (journal, letters, supervisor) =
            (Journal::new(), Letters::default(), supervisor().await);
        let (post, gate) = laden(&supervisor, &journal, &letters).await;
        let call = post.count().send().await.expect("there is room");
        let (node, reason) =
            (post.weak(), if kill { ExitReason::Killed } else { ExitReason::Normal });
        let ended = node.monitor();
        if kill {
            node.kill().await.expect("it is killed");
        } else {
            let stop = tokio::spawn(async move { node.stop_now().await });
            settle().await;
            gate.open();
            stop.await.expect("it does not panic").expect_err("it failed first");
        }
        let end = ended.await.reason;
        assert_eq!(names(&letters), ["letter", "parcel", "letter"], "{end}");
        if kill {
            assert_eq!((end, exited(call.await)), (reason.clone(), reason));
        } else {
            assert_eq!(panicked(call.await).message(), "expected: it failed");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_panics_loses_its_letter_and_harms_nobody() {
    let journal = Journal::new();
    let told = journal.clone();
    let start = Post::start(journal.clone()).dead_letters(move |letter| {
        told.note(format!("dead: {}", letter.message()));
        panic!("expected: the hook fails");
    });
    let post = start.await.expect("it starts");
    let gate = Gate::new();
    post.fail_after(gate.clone()).await.expect("it runs");
    gate.reached().await;
    for number in [1, 2] {
        post.letter(number).await.expect("there is room");
    }
    let ended = post.monitor();
    gate.open();
    assert!(ended.await.reason.is_crash());
    assert_eq!(post.counters().dead, 2);
    journal.holds(&["dead: letter", "dead: letter", "closes"]);
}
