//! What can fail holds the server and its state by `&`.

use genserver_runtime::prelude::*;

pub struct Pending;
pub struct Approved;
pub struct Disbursed;
pub struct Closed;
pub struct Loan {
    limit: u64,
}

#[genserver(states(Pending: initial, Approved, Active { Disbursed }, Closed: terminal))]
impl Loan {
    #[call(Pending => Approved)]
    pub fn first(&mut self, st: &Pending) -> Result<Next, String> {
        self.limit -= 1;
        Ok(st.goto(|_| Approved))
    }

    #[call(Pending => Approved)]
    pub async fn second(&self, st: &mut Pending) -> Result<Next, String> {
        *st = Pending;
        Ok(st.goto(|_| Approved))
    }

    #[call(Pending)]
    pub fn third(&mut self, st: &mut Pending) -> std::io::Result<u64> {
        *st = Pending;
        self.limit = 0;
        Ok(1)
    }

    #[call]
    pub fn fourth(&mut self) -> Result<u64, String> {
        self.limit = 0;
        Ok(1)
    }

    #[call(Pending => Approved)]
    pub fn approve(&self) {}

    #[call(Approved => Disbursed)]
    pub fn disburse(&self) {}

    #[call(Pending | Approved | Active => Closed)]
    pub fn close(&self) {}
}

fn main() {}
