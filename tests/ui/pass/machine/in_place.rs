//! `in_place` gives up that an `Err` changed nothing; commits and refusals at once keep it.
#![deny(warnings)]

use genserver_runtime::prelude::*;

#[derive(Debug, PartialEq)]
pub struct Declined(u32);

pub struct Pending {
    attempts: u32,
}
pub struct Paid {
    attempts: u32,
}
pub struct Failed;
pub struct Payment {
    total: u32,
}

#[genserver(states(Pending: initial, Paid: terminal, Failed: terminal), derive())]
impl Payment {
    #[init]
    pub fn new() -> (Self, Pending) {
        (Self { total: 0 }, Pending { attempts: 0 })
    }

    #[call(Pending, in_place)]
    pub fn try_once(&mut self, st: &mut Pending, good: bool) -> Result<u32, Declined> {
        self.total += 1;
        st.attempts += 1;
        if good { Ok(st.attempts) } else { Err(Declined(st.attempts)) }
    }

    #[call(Pending => Paid | Failed, in_place)]
    pub async fn pay(&mut self, st: &mut Pending, limit: u32) -> Result<Next<u32>, Declined> {
        self.total += 1;
        st.attempts += 1;
        tokio::task::yield_now().await;
        if st.attempts < limit {
            return Err(Declined(st.attempts));
        }
        Ok(st.goto(|Pending { attempts }| Paid { attempts }).reply(self.total))
    }

    #[call(Pending => Failed)]
    pub fn give_up(&self, st: &Pending) -> Result<Next<String>, Declined> {
        let attempts = st.attempts;
        let next = st.goto_mut(move |payment, pending| {
            payment.total += pending.attempts;
            Failed
        });
        Ok(next.refuse(Declined(attempts)))
    }

    #[call(Pending => Pending)]
    pub fn count(&self, st: &Pending) -> Result<Next, Declined> {
        Ok(st.stay_mut(|_, pending| pending.attempts += 1).refuse(Declined(0)))
    }

    #[call(Paid)]
    pub fn attempts(&self, st: &Paid) -> u32 {
        st.attempts
    }

    #[call]
    pub fn total(&self) -> u32 {
        self.total
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let payment = Payment::start().await.unwrap();
    assert_eq!(payment.try_once(false).await.split().unwrap(), Err(Declined(1)));
    assert_eq!(payment.count().await.split().unwrap(), Err(Declined(0)));
    assert_eq!(payment.pay(4).await.split().unwrap(), Err(Declined(3)));
    assert_eq!(payment.pay(4).await.unwrap(), 3);
    assert_eq!(payment.attempts().await.unwrap(), 4);

    let payment = Payment::start().await.unwrap();
    assert_eq!(payment.try_once(true).await.unwrap(), 1);
    assert_eq!(payment.give_up().await.split().unwrap(), Err(Declined(1)));
    assert_eq!(payment.state().await.unwrap(), PaymentStateName::Failed);
    assert_eq!(payment.total().await.unwrap(), 2);
}
