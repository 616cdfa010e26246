//! Several methods for one message: the present state chooses the one that runs.

use genserver_runtime::machine;
use genserver_runtime::prelude::*;

use crate::servers::Broken;

/// Nothing paid.
#[derive(Debug)]
pub struct Disbursed {
    pub price: u64,
}

#[derive(Debug)]
pub struct Repaying {
    pub price: u64,
    pub paid: u64,
}

#[derive(Debug)]
pub struct Late {
    pub price: u64,
}

#[derive(Debug)]
pub struct Completed;

/// Rung outside of the client.
pub struct Reminder(pub u32);

/// What the server says to itself.
pub struct Look;

pub struct Loan {
    pub reminded: Vec<&'static str>,
    pub asked: Vec<ReplyTo<&'static str>>,
}

#[genserver(states(Disbursed: initial, Due { Repaying, Late }, Completed: terminal))]
impl Loan {
    /// Pays a rate.
    #[call(pay: Disbursed => Repaying, timeout = "3s")]
    fn first_payment(&self, st: &Disbursed, amount: u64) -> Result<Next<u64>, Broken> {
        if amount >= st.price {
            return Err(Broken("too much at once"));
        }
        let left = st.price - amount;
        Ok(st.goto(move |was| Repaying { price: was.price, paid: amount }).reply(left))
    }

    /// These are the second docs, and not the client's.
    #[call(pay: Repaying => Repaying | Completed, Late => Repaying)]
    pub async fn next_payment(
        &self,
        st: LoanNextPaymentFrom<'_>,
        rate: u64,
    ) -> Result<Next<u64>, Broken> {
        tokio::task::yield_now().await;
        match st {
            LoanNextPaymentFrom::Repaying(at) => {
                let paid = at.paid + rate;
                match at.price.checked_sub(paid) {
                    None => Err(Broken("too much")),
                    Some(0) => Ok(at.goto(|_| Completed).reply(0)),
                    Some(left) => {
                        let paid = at.goto(move |was| Repaying { price: was.price, paid });
                        Ok(paid.reply(left))
                    }
                }
            }
            LoanNextPaymentFrom::Late(at) => {
                let left = at.price - rate;
                Ok(at.goto(move |was| Repaying { price: was.price, paid: rate }).reply(left))
            }
        }
    }

    #[call(pay: Completed)]
    fn payment_too_many(&self, _: u64) -> Result<u64, Broken> {
        Err(Broken("it is paid"))
    }

    #[cast(miss: Repaying => Late)]
    pub fn miss_one(&mut self, st: &Repaying) -> Next {
        self.reminded.push("missed one");
        st.goto(|repaying| Late { price: repaying.price })
    }

    #[cast(miss: Disbursed => Late)]
    pub async fn miss_all(&mut self, st: &Disbursed) -> Next {
        tokio::task::yield_now().await;
        self.reminded.push("missed all");
        st.goto(|disbursed| Late { price: disbursed.price })
    }

    /// The answer of a loan that is due comes later.
    #[call(ask: Disbursed)]
    pub fn ask_early(&mut self, reply: ReplyTo<&'static str>) {
        reply.reply("nothing").ok();
    }

    #[call(ask: Due)]
    pub async fn ask_due(&mut self, st: &Due, reply: ReplyTo<&'static str>) {
        let _ = st;
        self.asked.push(reply);
    }

    #[call(weigh: Disbursed, blocking)]
    pub fn weigh_all(&mut self, st: &mut Disbursed) -> u64 {
        st.price += 1;
        st.price
    }

    #[call(weigh: Due, blocking)]
    pub fn weigh_rest(&self, st: &Due) -> u64 {
        match st {
            Due::Repaying(repaying) => repaying.price - repaying.paid,
            Due::Late(late) => late.price,
        }
    }

    #[info(Disbursed)]
    fn remind_early(&mut self, _: Reminder) {
        self.reminded.push("early");
    }

    #[info(Late => Completed)]
    async fn remind_late(
        &mut self,
        cx: &mut Cx<Self>,
        Reminder(times): Reminder,
    ) -> Result<(), Crash> {
        if times > 9 {
            return Err(Broken("enough").into());
        }
        self.reminded.push("late");
        for asked in self.asked.drain(..) {
            asked.reply("all of it").ok();
        }
        cx.continue_with(Look);
        Ok(())
    }

    #[continued(Completed)]
    fn look_at_the_end(&mut self, _: Look) {
        self.reminded.push("looked at the end");
    }

    #[continued(Due)]
    fn look_while_due(&mut self, _: Look) {
        self.reminded.push("looked while due");
    }

    #[call]
    pub fn reminded(&self) -> Vec<&'static str> {
        self.reminded.clone()
    }
}

fn new() -> Loan {
    Loan { reminded: Vec::new(), asked: Vec::new() }
}

async fn loan(price: u64) -> LoanClient {
    Loan::start(new(), Disbursed { price }).await.expect("it has no init")
}

#[tokio::test]
async fn the_state_chooses_the_method() {
    let loan = loan(10).await;
    assert_eq!(loan.pay(10).await, Err(CallError::Reply(Broken("too much at once"))));
    assert_eq!(loan.pay(3).await, Ok(7));
    assert_eq!(loan.pay(3).await, Ok(4));
    assert_eq!(loan.pay(5).await, Err(CallError::Reply(Broken("too much"))));
    assert_eq!(loan.pay(4).send().await.expect("there is room").await, Ok(Ok(0)));
    assert_eq!(loan.pay(1).await, Err(CallError::Reply(Broken("it is paid"))));
    assert_eq!(loan.state().await, Ok(LoanStateName::Completed));
}

#[tokio::test]
async fn casts_choose_when_they_run() {
    let first = loan(10).await;
    // The second is chosen in the state that the first has left.
    first.pay(1).send().await.map(drop).expect("there is room");
    first.miss().await.expect("there is room");
    assert_eq!(first.reminded().await, Ok(vec!["missed one"]));
    assert_eq!(first.pay(2).await, Ok(8));
    let second = loan(10).await;
    second.miss().await.expect("there is room");
    assert_eq!(second.reminded().await, Ok(vec!["missed all"]));
    assert_eq!(second.state().await, Ok(LoanStateName::Late));
}

#[tokio::test]
async fn deferred_and_blocking_calls_choose_too() {
    let loan = loan(10).await;
    assert_eq!(loan.ask().await, Ok("nothing"));
    assert_eq!(loan.weigh().await, Ok(11));
    loan.miss().await.expect("there is room");
    assert_eq!(loan.weigh().await, Ok(11));
    let asked = loan.ask().send().await.expect("there is room");
    loan.send_info(Reminder(1)).await.expect("there is room");
    assert_eq!(asked.await, Ok("all of it"));
    let refused = loan.weigh().await.expect_err("it is completed");
    let text = "cannot `weigh` while Completed; allowed: pay; no way leads there";
    assert_eq!(refused.to_string(), text);
}

#[tokio::test]
async fn messages_by_type_choose_too() {
    let loan = loan(10).await;
    loan.send_info(Reminder(1)).await.expect("there is room");
    loan.miss().await.expect("there is room");
    loan.recipient::<Reminder>().send(Reminder(2)).await.expect("there is room");
    let expected = vec!["early", "missed all", "late", "looked at the end"];
    assert_eq!(loan.reminded().await, Ok(expected));
}

#[tokio::test]
async fn a_refusal_names_the_message() {
    let loan = loan(10).await;
    loan.pay(1).await.expect("it is less than the price");
    loan.pay(9).await.expect("it is the rest");
    let refused = loan.ask().await.expect_err("it is completed");
    assert_eq!(refused.invalid_state::<Loan>(), Some((LoanStateName::Completed, LoanMessage::Ask)),);
    assert_eq!(LoanStateName::Completed.allowed(), [LoanMessage::Pay]);
    assert_eq!(
        LoanStateName::Late.allowed(),
        [LoanMessage::Pay, LoanMessage::Ask, LoanMessage::Weigh],
    );
    assert_eq!("pay".parse(), Ok(LoanMessage::Pay));
}

/// The bench runs them as the server does.
#[test]
fn each_method_runs_by_hand() {
    let mut loan = machine::drive(new(), Disbursed { price: 10 });
    assert!(loan.step(|loan| loan.pay(10)).is_err());
    assert!(loan.step(|loan| loan.pay(4)).is_ok());
    assert!(matches!(loan.state(), LoanState::Due(Due::Repaying(Repaying { paid: 4, .. }))));
}
