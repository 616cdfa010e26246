//! Handlers are plain methods: other handlers call them, and so do tests without a server.
#![deny(warnings)]

use genserver_runtime::prelude::*;

pub struct Account {
    balance: u64,
}

#[genserver]
impl Account {
    #[init]
    pub fn open(balance: u64) -> Self {
        Self { balance }
    }

    #[call]
    pub fn balance(&self) -> u64 {
        self.balance
    }

    #[call]
    pub fn withdraw(&mut self, amount: u64) -> Result<u64, String> {
        self.balance = self.balance.checked_sub(amount).ok_or("too little")?;
        Ok(self.balance())
    }

    #[call]
    pub async fn withdraw_twice(&mut self, (first, second): (u64, u64)) -> Result<u64, String> {
        self.withdraw(first)?;
        self.pay_in(0).await;
        self.withdraw(second)
    }

    #[cast]
    pub async fn pay_in(&mut self, amount: u64) {
        self.balance += amount;
    }

    #[cast]
    pub fn clear(&mut self) -> Result<(), Crash> {
        let balance = self.balance();
        self.withdraw(balance).map_err(std::io::Error::other)?;
        Ok(())
    }
}

pub struct Door {
    opened: u32,
}
pub struct Open;
pub struct Closed;
pub struct Gone;

#[genserver(states(Closed: initial, Open, Gone: terminal))]
impl Door {
    #[call]
    pub fn opened(&self) -> u32 {
        self.opened
    }

    #[call(Closed => Open)]
    pub fn open(&self, st: &Closed, times: u32) -> Next<u32> {
        let before = self.opened();
        st.goto_mut(move |door, _| {
            door.opened += times;
            Open
        })
        .reply(before)
    }

    #[call(Open => Closed)]
    pub fn close(&self) -> Result<u32, String> {
        Ok(self.opened())
    }

    #[call(Closed => Gone)]
    pub fn remove(&self) {}
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut account = Account::open(10);
    assert_eq!(account.withdraw(4), Ok(6));
    assert_eq!(account.withdraw_twice((4, 4)).await, Err("too little".into()));
    assert_eq!(account.balance(), 2);
    assert!(account.clear().is_ok());

    let account = Account::start(10).await.unwrap();
    assert_eq!(account.withdraw_twice((4, 4)).await.unwrap(), 2);
    account.clear().await.unwrap();
    assert_eq!(account.balance().await.unwrap(), 0);

    assert_eq!(Door { opened: 1 }.close(), Ok(1));
    let door = Door::start(Door { opened: 0 }, Closed).await.unwrap();
    assert_eq!(door.open(2).await.unwrap(), 0);
    assert_eq!(door.close().await.unwrap(), 2);
}
