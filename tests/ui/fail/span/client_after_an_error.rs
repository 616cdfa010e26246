//! After an error the client is there all the same, with all of its methods.

use genserver_runtime::prelude::*;

#[derive(Debug)]
pub struct Pending;
#[derive(Debug)]
pub struct Closed;
pub struct Loan {
    limit: u64,
}

#[genserver(mailbox = 0, states(Pending: initial, Active { Closed: terminal }), derive(Debug))]
impl Loan {
    #[init]
    pub fn open(limit: u64) -> Result<(Self, Pending), String> {
        Ok((Self { limit }, Pending))
    }

    #[call(Pending => Closd)]
    pub fn close(&self, st: &Pending, why: String) -> Result<Next<u64>, String> {
        drop(why);
        Ok(st.goto(|_| Closed).reply(self.limit))
    }

    #[call]
    pub fn name(&self, of: &str) -> String {
        of.to_owned()
    }

    #[cast]
    pub fn touch(&mut self) -> u8 {
        1
    }

    #[call]
    pub fn deferred(&self, reply: ReplyTo<u8>) {
        let _ = reply.reply(1);
    }

    #[info]
    fn told(&mut self, by: u64) {
        self.limit += by;
    }
}

pub async fn run() -> Result<u64, Box<dyn std::error::Error>> {
    let loan: LoanClient = Loan::start(5).name("loan").await.map_err(|_| "start")?;
    let left: u64 = loan.close("why".to_owned()).await.map_err(|_| "close")?;
    let name: String = loan.name("of").await?;
    loan.touch().await?;
    let one: u8 = loan.deferred().await?;
    loan.send_info(7_u64).await?;
    let state: LoanStateName = loan.state().await?;
    let _ = (state == LoanStateName::Pending, loan.can(LoanMessage::Close).await?);
    let _ = (Loan::GRAPH.to_mermaid(), LoanStateName::Closed.allowed());
    let _ = |state: LoanState| match state {
        LoanState::Pending(_) | LoanState::Active(Active::Closed(_)) => {}
    };
    loan.stop().await?;
    Ok(left + u64::from(one) + name.len() as u64)
}

fn main() {}
