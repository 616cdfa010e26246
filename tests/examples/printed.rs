//! The examples whose whole output is known beforehand.

use crate::{run, stderr, stdout};

#[track_caller]
fn check(example: &str, expected: &str) {
    let output = run(example, &[]);
    assert_eq!(stdout(&output), expected, "stderr: {}", stderr(&output));
    assert!(output.status.success());
}

#[test]
fn counter() {
    check(
        "counter",
        "increment -> 1\n\
         increment -> 2\n\
         get by name -> 2\n\
         get after reset -> 0\n\
         get after stop -> the server is not running\n",
    );
}

#[test]
fn connection() {
    check(
        "connection",
        "a -> wrong password, 2 tries left\n\
         b -> wrong password, 1 tries left\n\
         c -> it hung up\n\
         logged in: false\n\
         a -> wrong password, 2 tries left\n\
         deposit 100 -> 1 values written\n\
         transfer 70 -> 2 values written\n\
         transfer 70 -> rolled back\n\
         alice has Some(30), bob Some(70)\n\
         begin -> cannot `begin` while Closed; allowed: connect; \
         from Closed: connect, then log_in, then begin\n",
    );
}

#[test]
fn notifications() {
    check("notifications", "[\"SMS notification\", \"Email notification\"]\n");
}

/// What it draws is looked at elsewhere.
#[test]
fn fulfilment() {
    let output = run("fulfilment", &[]);
    assert!(output.status.success(), "stderr: {}", stderr(&output));
    assert_eq!(
        stderr(&output),
        "100 orders took 290 steps, 93 came to an end, 7 wait for theirs\n"
    );
    let picture = stdout(&output);
    assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
    assert!(picture.contains(">OutForDelivery</text>"));
}

#[test]
fn sessions() {
    check(
        "sessions",
        "2 sessions: session-123, session-456\n\
         session-123: user Some(\"alice\"), cart Some(\"3 books\")\n\
         session-123 closed: normal, 2 values\n\
         session-456: user Some(\"bob\"), cart None\n\
         session-456 closed: normal, 1 values\n\
         0 sessions; session-123: the server is not running\n",
    );
}

#[test]
fn reporter() {
    check(
        "reporter",
        "Report #1: 5s\n\
         Report #2: 10s\n\
         Report #3: 15s\n\
         3 reports\n\
         Tick #1: 5s\n\
         Tick #2: 10s\n\
         Tick #3: 23s\n\
         Tick #4: 25s\n\
         Tick #5: 30s\n\
         1 tick was left out\n\
         stopped\n",
    );
}

#[test]
fn stuck() {
    check(
        "stuck",
        "checkout -> Some(1)\n\
         the pool: \"1 free, password of 6 characters\"\n\
         checkout -> `Pool::checkout` timed out after 5s, next in the mailbox; \
         `Pool::reap` has been running for 6s\n\
         the greeter says hello\n\
         Pool \"pool\"\n  \
           up for    36s\n  \
           activity  Handling { handler: \"reap\", since: 6s }\n  \
           mailbox   1 waiting, 1 at the most\n  \
           calls     1 handled\n  \
           late      0 replies\n  \
           state     `Pool::format_state` timed out after 1s, queued behind 1 message; \
         `Pool::reap` has been running for 7s\n\
         killed; servers left: 1\n\
         checkout -> Some(1)\n\
         stuck now: 0\n",
    );
}

#[test]
fn upgrade() {
    check(
        "upgrade",
        "version 1 has answered 100 calls, and more come\n\
         restore from a letter -> init failed: this is not the exported state of a server\n\
         change_code with a part of the state -> the exported state is cut off\n\
         change_code with the whole one -> done; version 3 has answered 0 calls\n\
         version 3 counts on where version 1 was: true\n\
         every number was given out once: true\n",
    );
}

#[test]
fn manual() {
    check(
        "manual",
        "-- both count --\n\
         by hand: 1 1\n\
         macro:   1 1\n\
         -- a start that fails --\n\
         by hand: started; then the loop dropped the request\n\
         macro:   init failed: out of range integral type conversion attempted\n\
         -- a server that dies under its caller --\n\
         by hand: the loop dropped the request\n\
         macro:   terminate ran: `increment` panicked: the counter is full\n\
         macro:   the server ended before it replied: `increment` panicked: the counter is full\n\
         -- a flood --\n\
         by hand: 100000 messages taken, all of them in memory\n\
         macro:   1024 messages taken, then: the mailbox is full\n\
         -- the end --\n\
         by hand: nothing to call; the loop ends when the last handle is dropped\n\
         macro:   terminate ran: normal\n\
         macro:   the server is not running\n",
    );
}

#[test]
fn murabaha() {
    check(
        "murabaha",
        "contract-123: total 110000\n\
         contract-124: total 110000\n\
         \n\
         -- the reference run --\n\
         disburse -> cannot `disburse` while Pending; allowed: approve, reject; \
         from Pending: approve, then disburse\n\
         record_payment -> cannot `record_payment` while Pending; allowed: approve, reject; \
         from Pending: approve, then disburse, then record_payment\n\
         approve -> Approved, stamped: true\n\
         approve -> cannot `approve` while Approved; allowed: disburse; \
         no way leads there\n\
         reject -> cannot `reject` while Approved; allowed: disburse; \
         no way leads there\n\
         disburse while the bank is down -> the payment system refused 100000 for contract-123\n\
         state after the failed disbursement -> Approved\n\
         disburse -> Disbursed\n\
         pay 50000 -> Repaying, 60000 left\n\
         pay 60000 -> Completed, 0 left\n\
         record_payment -> cannot `record_payment` while Completed; allowed: nothing; \
         no way leads there\n\
         contract-123: 110000 of 110000 paid\n\
         \n\
         -- a rejection --\n\
         reject -> Rejected: no collateral\n\
         approve -> cannot `approve` while Rejected; allowed: nothing; \
         no way leads there\n\
         \n\
         -- the machine --\n\
         stateDiagram-v2\n    \
             [*] --> Pending\n    \
             state Active {\n        \
                 Disbursed\n        \
                 Repaying\n    \
             }\n    \
             Pending --> Approved: approve\n    \
             Pending --> Rejected: reject\n    \
             Approved --> Disbursed: disburse\n    \
             Disbursed --> Repaying: record_payment\n    \
             Disbursed --> Completed: record_payment\n    \
             Repaying --> Repaying: record_payment\n    \
             Repaying --> Completed: record_payment\n    \
             Completed --> [*]\n    \
             Rejected --> [*]\n\
         \n\
         -- what each state allows --\n\
         Pending: approve, reject\n\
         Approved: disburse\n\
         Disbursed: record_payment\n\
         Repaying: record_payment\n\
         Completed: nothing\n\
         Rejected: nothing\n\
         \n\
         contract-123 terminates: normal\n\
         contract-124 terminates: normal\n",
    );
}

#[test]
fn tracker() {
    check(
        "tracker",
        "-- what each state allows --\n\
         New: assign, resolve, note\n\
         Assigned: assign, begin, resolve, note\n\
         Reopened: assign, resolve, note\n\
         InProgress: resolve\n\
         Resolved: verify, reopen\n\
         Verified: close, reopen\n\
         Closed: reopen, outcome\n\
         \n\
         -- to a resolution --\n\
         verify -> cannot `verify` while New; allowed: assign, resolve, note; \
             from New: resolve, then verify\n\
         resolve as fixed -> nobody works on it\n\
         note -> for Ann\n\
         Bob begins -> Ann works on it\n\
         Ann begins -> done\n\
         assign -> cannot `assign` while InProgress; allowed: resolve; \
             from InProgress: resolve, then reopen, then assign\n\
         Ann resolves -> done\n\
         Ann verifies -> Ann has resolved it, and cannot verify it too\n\
         may it be verified? true\n\
         may it be closed? false\n\
         \n\
         -- and back --\n\
         note -> again: it still crashes on Mondays\n\
         Bob resolves -> done\n\
         after 13 days -> Resolved\n\
         after 15 days -> Closed\n\
         outcome, asked on day 0 -> WontFix\n\
         open for 5 days in all\n\
         \n\
         -- its history --\n\
         day 0: New -> Assigned by assign\n\
         day 0: Assigned -> InProgress by begin\n\
         day 3: InProgress -> Resolved by resolve\n\
         day 16: Resolved -> Reopened by reopen\n\
         day 18: Reopened -> Resolved by resolve\n\
         day 32: Resolved -> Closed by undisputed\n",
    );
}
