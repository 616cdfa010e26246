//! What a refused call says of the way to it, and names that travel through serde.

use std::fmt::Debug;

use genserver_runtime::InvalidState;
use genserver_runtime::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Asked for.
pub struct Pending;
/// To be paid out.
pub struct Approved;
/// Paid out.
pub struct Disbursed;
/// Partly paid back.
pub struct Repaying;
/// Nobody has paid for long.
pub struct Overdue;
/// Given up.
pub struct WrittenOff;
/// Paid back.
pub struct Completed;
/// Turned down.
pub struct Rejected;
/// Goes its way.
pub struct Contract;

/// The mail brought a demand.
pub struct Demand;

#[genserver(states(
    Pending: initial,
    Approved,
    Active { Disbursed, Repaying },
    Overdue,
    WrittenOff: terminal,
    Completed: terminal,
    Rejected: terminal
))]
impl Contract {
    /// In any state.
    #[init]
    pub fn resume(state: ContractState) -> (Self, ContractState) {
        (Self, state)
    }

    #[call(Pending => Approved)]
    pub fn approve(&self) {}

    #[call(Pending => Rejected)]
    pub fn reject(&self) {}

    #[call(Approved => Disbursed)]
    pub fn disburse(&self) {}

    #[call(Active => Repaying | Completed)]
    pub fn pay(&self, st: &Active) -> Next {
        match st {
            Active::Disbursed(_) => st.goto(|_| Repaying),
            Active::Repaying(_) => st.goto(|_| Completed),
        }
    }

    #[call(Repaying)]
    pub fn paid(&self) -> u64 {
        1
    }

    #[idle("30d", Repaying => Overdue)]
    fn forget(&self) {}

    #[info(Overdue => WrittenOff)]
    fn demand(&self, _: Demand) {}

    #[cfg(any())]
    #[call(Overdue => Completed)]
    pub fn pay_late(&self) {}

    #[call(WrittenOff | Completed)]
    pub fn close(&self) {}

    #[call(Overdue)]
    pub fn claim(&self) {}
}

const CALLS: [&str; 7] = ["approve", "reject", "disburse", "pay", "paid", "close", "claim"];

async fn refusal(contract: &ContractClient, call: &str) -> Option<Box<InvalidState>> {
    let outcome = match call {
        "approve" => contract.approve().await,
        "reject" => contract.reject().await,
        "disburse" => contract.disburse().await,
        "pay" => contract.pay().await,
        "paid" => contract.paid().await.map(drop),
        "close" => contract.close().await,
        "claim" => contract.claim().await,
        other => panic!("no call is named {other}"),
    };
    match outcome {
        Ok(()) => None,
        Err(ServerError::InvalidState(refused)) => Some(refused),
        Err(other) => panic!("not refused by its state: {other}"),
    }
}

/// One line a call of [`CALLS`]: the path to it, "-" where there is none, "" where it is allowed.
async fn check(state: fn() -> ContractState, paths: [&str; CALLS.len()]) {
    for (call, path) in CALLS.into_iter().zip(paths) {
        let contract = Contract::start(state()).await.expect("its init cannot fail");
        let Some(refused) = refusal(&contract, call).await else {
            assert_eq!(path, "", "`{call}` is allowed");
            continue;
        };
        let steps = if path == "-" { "" } else { path };
        assert_eq!(refused.path().join(" "), steps, "`{call}` while {}", refused.state);
        let told = match path {
            "-" => "; no way leads there".to_owned(),
            path => format!("; from {}: {}", refused.state, path.replace(' ', ", then ")),
        };
        let text = refused.to_string();
        assert!(text.ends_with(&told), "{text}");
    }
}

#[tokio::test]
async fn a_refusal_tells_the_shortest_way_from_every_state_to_every_call() {
    let pay = ["approve disburse pay", "approve disburse pay paid"];
    let late = ["approve disburse pay close", "approve disburse pay forget claim"];
    let pending = ["", "", "approve disburse", pay[0], pay[1], late[0], late[1]];
    check(|| ContractState::Pending(Pending), pending).await;
    let approved = ["-", "-", "", "disburse pay", "disburse pay paid"];
    let approved = [&approved[..], &["disburse pay close", "disburse pay forget claim"]].concat();
    let approved = approved.try_into().expect("one path a call");
    check(|| ContractState::Approved(Approved), approved).await;
    let disbursed = ["-", "-", "-", "", "pay paid", "pay close", "pay forget claim"];
    check(|| ContractState::Active(Active::Disbursed(Disbursed)), disbursed).await;
    let repaying = ["-", "-", "-", "", "", "pay close", "forget claim"];
    check(|| ContractState::Active(Active::Repaying(Repaying)), repaying).await;
    check(|| ContractState::Overdue(Overdue), ["-", "-", "-", "-", "-", "demand close", ""]).await;
    check(|| ContractState::WrittenOff(WrittenOff), ["-", "-", "-", "-", "-", "", "-"]).await;
    check(|| ContractState::Completed(Completed), ["-", "-", "-", "-", "-", "", "-"]).await;
    check(|| ContractState::Rejected(Rejected), ["-"; CALLS.len()]).await;
}

#[tokio::test]
async fn a_refusal_shown_for_debugging_hides_the_graph() {
    let contract = Contract::start(ContractState::Rejected(Rejected)).await.expect("it starts");
    let refused = refusal(&contract, "close").await.expect("it is rejected");
    let shown = format!("{refused:?}");
    assert!(shown.contains(r#"state: "Rejected", call: "close""#), "{shown}");
    assert!(!shown.contains("Overdue"), "{shown}");
    assert_eq!(refused, refused.clone());
}

#[track_caller]
fn check_name<T: Serialize + DeserializeOwned + PartialEq + Debug>(name: &T, json: &str) {
    assert_eq!(serde_json::to_string(name).expect("a name is a string"), json);
    assert_eq!(serde_json::from_str::<T>(json).expect("it was written so"), *name);
}

#[test]
fn names_travel_through_serde_as_strings() {
    check_name(&ContractStateName::WrittenOff, r#""WrittenOff""#);
    check_name(&ContractMessage::Disburse, r#""disburse""#);
    let both = [(ContractStateName::Pending, ContractMessage::Approve)];
    check_name(&both.to_vec(), r#"[["Pending","approve"]]"#);
    let read = serde_json::from_value::<ContractStateName>("Lost".into());
    assert_eq!(read.expect_err("no such state").to_string(), "unknown name `Lost`");
    let read = serde_json::from_value::<ContractMessage>(7.into());
    let said = read.expect_err("no string").to_string();
    assert!(said.contains("expected the name of a state or a message"), "{said}");
    let owned = serde_json::Value::from("close");
    assert_eq!(ContractMessage::deserialize(owned).expect("it is one"), ContractMessage::Close);
}
