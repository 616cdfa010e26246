//! The tracked client: its handles, what a refused call leaves of them, and what goes past them.

use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{Executed, Init, Refused};
use tokio::task::yield_now;

use crate::support::{Journal, not_running};

/// Asked for.
#[derive(Clone)]
pub struct Pending {
    pub asked: u64,
}
/// To be paid out.
#[derive(Clone)]
pub struct Approved {
    pub sum: u64,
}
/// Paid out.
#[derive(Clone)]
pub struct Disbursed {
    pub left: u64,
}
/// Partly paid back.
#[derive(Clone)]
pub struct Repaying {
    pub left: u64,
}
/// Paid back.
#[derive(Clone)]
pub struct Completed;
/// Turned down.
#[derive(Clone)]
pub struct Rejected {
    pub why: String,
}

/// Goes its way.
#[derive(Clone)]
pub struct Contract {
    journal: Journal,
    limit: u64,
}

/// Too much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverLimit;

impl std::fmt::Display for OverLimit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("over the limit")
    }
}

impl std::error::Error for OverLimit {}

impl Active {
    fn left(&self) -> u64 {
        match self {
            Self::Disbursed(Disbursed { left }) | Self::Repaying(Repaying { left }) => *left,
        }
    }
}

#[genserver(
    states(
        Pending: initial,
        Approved,
        Active { Disbursed, Repaying },
        Completed: terminal,
        Rejected: terminal
    ),
    derive(Clone),
    tracked
)]
impl Contract {
    /// Asks for a sum; for none the start is refused.
    #[init]
    pub fn open(journal: Journal, asked: u64) -> Init<(Self, Pending), OverLimit> {
        match asked {
            0 => Init::Ignore,
            1000.. => Init::Fail(OverLimit),
            _ => Init::Ready((Self { journal, limit: 500 }, Pending { asked })),
        }
    }

    /// Refuses what nobody has approved, and what is over the limit, counting down; what is far over
    /// it, it rejects and refuses.
    #[call(Pending => Approved | Rejected)]
    pub fn approve(&self, st: &Pending, #[into] by: String) -> Result<Next<String>, OverLimit> {
        if by.is_empty() {
            return Err(OverLimit);
        }
        if st.asked > 2 * self.limit - 100 {
            return Ok(st
                .goto(|_| Rejected { why: "far over the limit".to_owned() })
                .refuse(OverLimit));
        }
        if st.asked > self.limit {
            return Ok(st.stay_mut(|_, pending| pending.asked -= 100).refuse(OverLimit));
        }
        Ok(st.goto(|pending| Approved { sum: pending.asked }).reply(format!("approved by {by}")))
    }

    /// One target, no reply.
    #[call(Pending => Rejected)]
    pub fn reject(&self, st: &Pending, #[into] why: String) -> Next {
        st.goto(|_| Rejected { why })
    }

    /// Waits on its way.
    #[call(Approved => Disbursed)]
    pub async fn disburse(&self, st: &Approved) -> Next<u64> {
        yield_now().await;
        let sum = st.sum;
        st.goto(move |_| Disbursed { left: sum }).reply(sum)
    }

    /// From a group, waiting or not.
    #[call(Active => Repaying | Completed)]
    pub async fn pay(&self, st: &Active, sum: u64) -> Next {
        if sum % 2 == 1 {
            yield_now().await;
        }
        match st.left().saturating_sub(sum) {
            0 => st.goto(|_| Completed),
            left => st.goto(move |_| Repaying { left }),
        }
    }

    /// From another thread.
    #[call(Active => Completed, blocking)]
    pub fn write_off(&self, st: &Active) -> Next<u64> {
        st.goto(|_| Completed).reply(st.left())
    }

    /// Stays, in a group.
    #[call(Active)]
    pub fn left(&self, st: &Active) -> u64 {
        st.left()
    }

    /// Stays, anywhere.
    #[call]
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Stays, and answers to nobody.
    #[cast(Approved)]
    pub fn hurry(&self) {
        self.journal.note("hurry");
    }

    /// Says that it goes, and stays: hidden from the macro.
    #[call(Approved => Disbursed)]
    pub fn pretend(&self, st: &Approved) -> Next {
        let here = st;
        here.stay()
    }

    /// Never comes back.
    #[call(Approved => Disbursed)]
    pub async fn hang(&self, st: &Approved) -> Next {
        std::future::pending::<()>().await;
        st.goto(|approved| Disbursed { left: approved.sum })
    }

    /// Ends with the call.
    #[call(Approved => Disbursed)]
    pub fn go_away(&self, cx: &mut Cx<Self>, st: &Approved) -> Next {
        cx.stop(ExitReason::Normal);
        st.goto(|approved| Disbursed { left: approved.sum })
    }

    /// Dies of it.
    #[call(Approved => Disbursed)]
    pub fn crash(&self, st: &Approved) -> Next {
        assert_eq!(st.sum, 0, "no money");
        st.goto(|approved| Disbursed { left: approved.sum })
    }

    /// Gives away what it should not.
    #[call]
    pub fn leak(&self, cx: &mut Cx<Self>) -> ContractClient {
        cx.client()
    }

    #[terminate]
    fn close(&mut self, _: &ExitReason, st: Option<&ContractState>) {
        let state = match st {
            Some(ContractState::Rejected(rejected)) => format!("rejected, {}", rejected.why),
            Some(_) => "somewhere".to_owned(),
            None => "nowhere".to_owned(),
        };
        self.journal.note(format!("terminate: {state}"));
    }
}

async fn pending(asked: u64) -> (ContractTracked<Pending>, Journal) {
    let journal = Journal::new();
    let start = Contract::start_tracked(journal.clone(), asked).mailbox(4);
    (start.await.expect("it is asked for"), journal)
}

async fn approved(asked: u64) -> (ContractTracked<Approved>, Journal) {
    let (contract, journal) = pending(asked).await;
    match contract.approve("ann").await {
        Ok((_, ContractAfterApprove::Approved(contract))) => (contract, journal),
        other => panic!("it is below the limit: {other:?}"),
    }
}

#[tokio::test]
async fn a_handle_goes_its_way() {
    let (contract, journal) = pending(300).await;
    assert_eq!(contract.limit().await, Ok(500));
    let (reply, after) = contract.approve("ann").await.expect("it is below the limit");
    assert_eq!(reply, "approved by ann");
    let ContractAfterApprove::Approved(contract) = after else { panic!("approved: {after:?}") };
    contract.hurry().await.expect("there is room");
    let (sum, contract): (u64, ContractTracked<Disbursed>) =
        contract.disburse().await.expect("it is there");
    assert_eq!((sum, contract.left().await), (300, Ok(300)));
    let ContractAfterPay::Repaying(contract) = contract.pay(101).await.expect("it is there") else {
        panic!("199 are left");
    };
    let ContractAfterPay::Repaying(contract) = contract.pay(98).await.expect("it is there") else {
        panic!("101 are left");
    };
    let (left, contract) = contract.write_off().await.expect("it is there");
    assert_eq!(left, 101);
    let client = contract.into_client();
    assert_eq!(client.state().await, Ok(ContractStateName::Completed));
    journal.holds(&["hurry"]);
}

#[tokio::test]
async fn a_branch_gives_the_handle_of_where_it_led() {
    for sum in [300, 301] {
        let (contract, _) = approved(300).await;
        let (_, contract) = contract.disburse().await.expect("it is there");
        let after = contract.pay(sum).await.expect("it is there");
        assert!(matches!(after, ContractAfterPay::Completed(_)), "{after:?}");
    }
}

#[tokio::test]
async fn a_refusal_gives_the_handle_back() {
    let (contract, _) = pending(600).await;
    let contract = match contract.approve("").await {
        Err(Refused::Reply { handle, error: OverLimit }) => handle,
        other => panic!("somebody approves: {other:?}"),
    };
    let refused = contract.approve("ann").await.expect_err("it is over the limit");
    assert_eq!(refused.to_string(), "over the limit");
    assert_eq!(refused.executed(), Executed::Maybe);
    let Refused::Reply { handle, error: OverLimit } = refused else { panic!("{refused:?}") };
    let (reply, _after) = handle.approve("bob").await.expect("it was counted down");
    assert_eq!(reply, "approved by bob");
}

#[tokio::test]
async fn a_refusal_that_has_moved_gives_the_client() {
    let (contract, _) = pending(950).await;
    let refused = contract.approve("ann").await.expect_err("it is far over the limit");
    let Refused::Moved { client, error: OverLimit } = refused else { panic!("{refused:?}") };
    assert_eq!(client.state().await, Ok(ContractStateName::Rejected));
}

#[tokio::test]
async fn a_server_ends_with_its_handle() {
    let (contract, journal) = pending(300).await;
    drop(contract.reject("no collateral").await.expect("it is asked for"));
    journal.until("terminate: rejected, no collateral").await;

    let (contract, journal) = pending(300).await;
    drop(contract.reject("too late")); // not even polled
    journal.until("terminate: somewhere").await;

    let (contract, journal) = approved(300).await;
    tokio::select! {
        biased;
        outcome = contract.disburse() => panic!("it waits: {outcome:?}"),
        () = std::future::ready(()) => {}
    }
    journal.until("terminate: somewhere").await;
}

#[tokio::test(start_paused = true)]
async fn without_a_reply_the_client_is_left() {
    let (contract, _) = approved(300).await;
    let hang = contract.hang().timeout(Duration::from_secs(1));
    let refused = hang.await.expect_err("it never comes back");
    assert_eq!(refused.executed(), Executed::Maybe);
    let Refused::Server { client, error: ServerError::Timeout(late) } = refused else {
        panic!("{refused:?}")
    };
    assert_eq!((late.call, late.waited), ("hang", Duration::from_secs(1)));
    assert!(client.is_running());
    client.kill().await.expect("it is killed");

    let (contract, _) = approved(300).await;
    let gone = contract.go_away().await.expect("it replies before it goes");
    not_running(gone.left().await);
    let refused = gone.pay(1).await.expect_err("it is gone");
    assert_eq!(refused.executed(), Executed::No);
    assert_eq!(ServerError::from(refused), ServerError::NotRunning);

    let (contract, _) = approved(300).await;
    let crashed = contract.crash().await.expect_err("it panics");
    assert!(matches!(crashed, Refused::Server { error: ServerError::Exit(_), .. }), "{crashed:?}");
}

#[tokio::test]
async fn what_goes_past_a_handle_makes_an_error_of_its_calls() {
    let (contract, _) = pending(300).await;
    let leaked = contract.leak().await.expect("it runs");
    leaked.reject("by another").await.expect("it is asked for");
    let refused = contract.approve("ann").await.expect_err("it is rejected");
    assert_eq!(refused.executed(), Executed::No);
    let error = CallError::from(refused);
    let expected = (ContractStateName::Rejected, ContractMessage::Approve);
    assert_eq!(error.invalid_state::<Contract>(), Some(expected));

    let (contract, _) = approved(300).await;
    let leaked = contract.leak().await.expect("it runs");
    let back = |contract, _| (contract, ContractState::Pending(Pending { asked: 1 }));
    leaked.sys().replace_machine::<Contract>(back).await.expect("it runs");
    let refused = contract.disburse().await.expect_err("it is asked for");
    let error = ServerError::from(refused);
    let expected = (ContractStateName::Pending, ContractMessage::Disburse);
    assert_eq!(error.invalid_state::<Contract>(), Some(expected));
}

#[tokio::test]
async fn a_handler_that_says_it_goes_and_stays_is_an_error() {
    let (contract, _) = approved(300).await;
    let refused = contract.pretend().await.expect_err("it has not gone");
    let expected = (ContractStateName::Approved, ContractMessage::Pretend);
    let client = match refused {
        Refused::Server { client, error } => {
            assert_eq!(error.invalid_state::<Contract>(), Some(expected));
            client
        }
    };
    assert_eq!(client.state().await, Ok(ContractStateName::Approved));
}

#[test]
fn a_handle_is_used_without_a_runtime() {
    let runtime = tokio::runtime::Runtime::new().expect("it can be built");
    let _entered = runtime.enter();
    let start = Contract::start_tracked(Journal::new(), 300);
    let contract = start.blocking().expect("it is asked for");
    let rejected = contract.reject("no").blocking().expect("it is asked for");
    assert_eq!(rejected.limit().blocking(), Ok(500));
}

#[tokio::test]
async fn errors_are_handed_on() {
    async fn all() -> Result<u64, Box<dyn std::error::Error + Send + Sync>> {
        let contract = Contract::start_tracked(Journal::new(), 600).await?;
        let (_, after) = contract.approve("ann").await?;
        drop(after);
        Ok(1)
    }
    async fn of_the_call() -> Result<(), CallError<OverLimit>> {
        let (contract, _) = pending(600).await;
        contract.approve("ann").await.map(drop)?;
        Ok(())
    }
    assert_eq!(all().await.expect_err("it is over the limit").to_string(), "over the limit");
    assert_eq!(of_the_call().await, Err(CallError::Reply(OverLimit)));
    let task = tokio::spawn(async { pending(300).await.0.reject("no").await.map(drop) });
    task.await.expect("handles go from task to task").expect("it is asked for");
}
