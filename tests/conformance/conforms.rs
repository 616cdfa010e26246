//! Machines against their own declarations: what the generated test finds in wrong ones.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

use genserver_runtime::ServerError;
use genserver_runtime::machine::{self, Report, Wrong};

/// What is wrong with a contract, besides its guards.
#[derive(Clone, Copy, PartialEq)]
pub enum Fault {
    None,
    /// `touch` sends a payment on the quiet.
    Pays,
    /// A large payment panics.
    Panics,
    /// Each look at it changes it.
    Counts,
    /// A rejection never gets its reply.
    Forgets,
}

/// What all states share.
pub struct Shared {
    approved: bool,
    fault: Fault,
    looks: AtomicU32,
}

impl Shared {
    fn new(fault: Fault) -> Self {
        Self { approved: false, fault, looks: AtomicU32::new(0) }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = u32::from(self.fault == Fault::Counts);
        write!(f, "looks: {}", self.looks.fetch_add(more, Ordering::Relaxed))
    }
}

/// A copy of the contract with guards of its own: the bodies are the same in all of them.
macro_rules! contract {
    ($module:ident, reject($($reject:tt)*), disburse($($disburse:tt)*)) => {
        mod $module {
            use genserver_runtime::prelude::*;

            use super::{Fault, Shared};

            #[derive(Debug)]
            pub struct Pending;
            #[derive(Debug)]
            pub struct Approved;
            #[derive(Debug)]
            pub struct Disbursed;
            #[derive(Debug)]
            pub struct Repaying;
            #[derive(Debug)]
            pub struct Completed;
            #[derive(Debug)]
            pub struct Rejected;
            #[derive(Debug)]
            pub struct Refusal;
            #[derive(Debug)]
            pub struct Contract(pub Shared);

            #[genserver(states(
                Pending: initial,
                Approved,
                Active { Disbursed, Repaying },
                Completed: terminal,
                Rejected: terminal,
            ))]
            impl Contract {
                #[init]
                pub fn open(fault: Fault) -> (Self, Pending) {
                    (Self(Shared::new(fault)), Pending)
                }

                #[call(Pending => Approved)]
                pub async fn approve(&self, st: &Pending, by: String) -> Result<Next, Refusal> {
                    if by.is_empty() {
                        return Err(Refusal);
                    }
                    Ok(st.goto_mut(|contract, _| {
                        contract.0.approved = true;
                        Approved
                    }))
                }

                /// What was approved is not rejected any more.
                #[call($($reject)*)]
                pub fn reject(&self) -> Result<(), Refusal> {
                    if self.0.approved { Err(Refusal) } else { Ok(()) }
                }

                #[call($($disburse)*)]
                pub fn disburse(&self, st: &Approved) -> Next<u8> {
                    st.goto(|_| Disbursed).reply(1)
                }

                #[call(Active => Repaying | Completed)]
                pub fn pay(&self, st: &Active, amount: u64) -> Next {
                    if amount < 10 {
                        return st.goto(|_| Repaying);
                    }
                    assert!(self.0.fault != Fault::Panics, "too much");
                    st.goto(|_| Completed)
                }

                #[cast(Active)]
                pub fn touch(&mut self, cx: &mut Cx<Self>) {
                    if self.0.fault == Fault::Pays {
                        let own: ContractClient = cx.weak();
                        let _ = own.pay(10).try_send();
                    }
                }

                #[call]
                pub fn look(&mut self, reply: ReplyTo<u8>, _again: Option<bool>) {
                    if self.0.fault != Fault::Forgets {
                        let _ = reply.reply(1);
                    }
                }
            }
        }
    };
}

contract!(right, reject(Pending => Rejected), disburse(Approved => Disbursed));
contract!(wide, reject(Pending | Approved => Rejected), disburse(Approved => Disbursed));
contract!(idle, reject(Pending => Rejected), disburse(Approved => Disbursed | Rejected));

async fn test(fault: Fault) -> Report {
    let test = machine::conformance::<right::Contract>().seed(7);
    test.run(|_| right::Contract::start(fault)).await
}

/// Nothing is wrong but that this edge was never taken.
#[track_caller]
fn check_never_taken(report: &Report, edge: &str) {
    assert_eq!(report.mistakes, []);
    let text = report.to_string();
    assert!(text.ends_with(&format!("never taken:\n  {edge}")), "{text}");
    assert!(!report.is_clean());
}

/// Among the mistakes is one that reads so.
#[track_caller]
fn check_mistake(report: &Report, expected: &str) {
    let found: Vec<_> = report.mistakes.iter().map(ToString::to_string).collect();
    assert!(found.iter().any(|found| found == expected), "{found:#?}");
    assert!(!report.is_clean());
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_does_what_it_declares_is_clean() {
    let report = test(Fault::None).await;
    report.assert_clean();
    assert_eq!(report.taken, right::Contract::GRAPH.edges);
    assert_eq!((report.walks, report.unstarted), (100, 0));
}

#[tokio::test(start_paused = true)]
async fn an_edge_that_no_body_takes_is_reported() {
    let test = machine::conformance::<idle::Contract>().seed(7);
    let report = test.run(|_| idle::Contract::start(Fault::None)).await;
    check_never_taken(&report, "Approved -> Rejected by disburse");
}

#[tokio::test(start_paused = true)]
async fn a_source_from_which_a_handler_never_goes_is_reported() {
    let test = machine::conformance::<wide::Contract>().seed(7);
    let report = test.run(|_| wide::Contract::start(Fault::None)).await;
    check_never_taken(&report, "Approved -> Rejected by reject");
}

#[tokio::test(start_paused = true)]
async fn a_move_that_the_guard_does_not_declare_is_found_with_the_shortest_way_there() {
    check_mistake(
        &test(Fault::Pays).await,
        "`touch` in Disbursed went to Completed, which its guard does not declare\n  \
         after approve, disburse",
    );
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_found_with_the_shortest_way_there() {
    check_mistake(
        &test(Fault::Panics).await,
        "`pay` in Disbursed failed, though its guard accepts it: the server ended before it \
         replied: `pay` panicked: too much\n  after approve, disburse",
    );
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_changes_something_is_found() {
    let report = test(Fault::Counts).await;
    let first = &report.mistakes[0];
    assert_eq!((first.state, first.message), ("Pending", "disburse"));
    assert!(matches!(&first.wrong, Wrong::Changed(old, new) if old != new));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_dropped_is_found() {
    let report = test(Fault::Forgets).await;
    let dropped = |wrong: &Wrong| matches!(wrong, Wrong::Failed(ServerError::NoReply));
    assert!(report.mistakes.iter().any(|m| m.message == "look" && dropped(&m.wrong)));
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_gives_the_same_test() {
    let (first, again) = (test(Fault::None).await, test(Fault::None).await);
    assert_eq!(first.to_string(), again.to_string());
}

#[tokio::test(start_paused = true)]
async fn servers_that_do_not_start_are_counted() {
    let keep = right::Contract::start(Fault::None).name("contract").await.expect("it is free");
    let test = machine::conformance::<right::Contract>().walks(3);
    let taken = |_: &mut machine::Source| right::Contract::start(Fault::None).name("contract");
    let report = test.run(taken).await;
    assert_eq!((report.walks, report.unstarted, report.is_clean()), (0, 3, false));
    drop(keep);
}

#[tokio::test(start_paused = true)]
async fn a_name_is_free_for_the_next_walk() {
    let start = |_: &mut machine::Source| right::Contract::start(Fault::None).name("contract");
    machine::conformance::<right::Contract>().run(start).await.assert_clean();
}
