//! The contract of the language's page: groups, decisions at run time, refusals.
#![deny(warnings)]

use genserver_runtime::prelude::*;

#[derive(Debug, PartialEq)]
pub enum Refusal {
    OverLimit,
    Declined,
}

pub struct Application {
    customer: String,
    price: u64,
}
pub struct Pending {
    app: Application,
}
pub struct Approved {
    app: Application,
    by: String,
}
pub struct Disbursed {
    app: Application,
}
pub struct Repaying {
    app: Application,
    paid: u64,
}
pub struct Completed;
pub struct Rejected {
    why: String,
}
pub struct Contract {
    limit: u64,
    attempts: u32,
}

impl Active {
    fn paid(&self) -> u64 {
        match self {
            Self::Disbursed(_) => 0,
            Self::Repaying(repaying) => repaying.paid,
        }
    }

    fn app(&self) -> &Application {
        match self {
            Self::Disbursed(Disbursed { app }) | Self::Repaying(Repaying { app, .. }) => app,
        }
    }

    fn into_app(self) -> Application {
        match self {
            Self::Disbursed(Disbursed { app }) | Self::Repaying(Repaying { app, .. }) => app,
        }
    }
}

#[genserver(states(
    Pending: initial,
    Approved,
    Active { Disbursed, Repaying },
    Completed: terminal,
    Rejected: terminal,
))]
impl Contract {
    #[init]
    pub fn open(limit: u64, app: Application) -> (Self, Pending) {
        (Self { limit, attempts: 0 }, Pending { app })
    }

    #[call(Pending => Approved)]
    pub async fn approve(&self, st: &Pending, by: String) -> Result<Next, Refusal> {
        if st.app.price > self.limit {
            return Err(Refusal::OverLimit);
        }
        tokio::task::yield_now().await;
        Ok(st.goto(|p| Approved { app: p.app, by }))
    }

    #[call(Pending => Rejected)]
    pub fn reject(&self, st: &Pending, #[into] why: String) -> Next {
        st.goto(|_| Rejected { why })
    }

    #[call(Approved => Disbursed)]
    pub async fn disburse(&self, st: &Approved, to: String) -> Result<Next<String>, Refusal> {
        if to != st.app.customer {
            let attempt = st.stay_mut(|contract: &mut Self, approved: &mut Approved| {
                contract.attempts += 1;
                approved.by.push('!');
            });
            return Ok(attempt.refuse(Refusal::Declined));
        }
        let by = st.by.clone();
        Ok(st.goto(|a| Disbursed { app: a.app }).reply(by))
    }

    #[call(Active => Repaying | Completed)]
    pub fn record_payment(&self, st: &Active, amount: u64) -> Result<Next<u64>, Refusal> {
        let paid = st.paid() + amount;
        if paid >= st.app().price {
            return Ok(st.goto(|_| Completed).reply(0));
        }
        let left = st.app().price - paid;
        Ok(st.goto(move |a| Repaying { app: a.into_app(), paid }).reply(left))
    }

    #[call]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    #[call]
    pub fn why(&self, st: &ContractState) -> Option<String> {
        match st {
            ContractState::Rejected(rejected) => Some(rejected.why.clone()),
            _ => None,
        }
    }

    #[call(Active)]
    pub fn left(&self, st: &Active) -> u64 {
        st.app().price - st.paid()
    }
}

fn app(price: u64) -> Application {
    Application { customer: "customer".into(), price }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let contract = Contract::start(100, app(200)).await.unwrap();
    assert_eq!(contract.approve("a".into()).await.split().unwrap(), Err(Refusal::OverLimit));
    contract.reject("too much").await.unwrap();
    assert_eq!(contract.why().await.unwrap().unwrap(), "too much");

    let contract = Contract::start(100, app(100)).await.unwrap();
    contract.approve("a".into()).await.unwrap();
    let declined = contract.disburse("nobody".into()).await.split().unwrap();
    assert_eq!(declined, Err(Refusal::Declined));
    assert_eq!(contract.attempts().await.unwrap(), 1);
    assert_eq!(contract.disburse("customer".into()).await.unwrap(), "a!");
    assert_eq!(contract.record_payment(60).await.unwrap(), 40);
    assert_eq!(contract.left().await.unwrap(), 40);
    assert!(contract.can(ContractMessage::RecordPayment).await.unwrap());
    assert_eq!(contract.record_payment(40).await.unwrap(), 0);
    let refused = contract.record_payment(1).await.unwrap_err();
    let named = (ContractStateName::Completed, ContractMessage::RecordPayment);
    assert_eq!(refused.invalid_state::<Contract>(), Some(named));
}
