//! The runtime behind a module of the user's crate, as a library would hand it on.
#![deny(warnings)]

extern crate core as genserver_runtime;

mod deps {
    pub extern crate genserver_runtime as servers;
}

mod bank {
    use crate::deps::servers::prelude::*;

    pub struct Account(pub(super) u64);

    #[genserver(crate = crate::deps::servers)]
    impl Account {
        #[call]
        pub fn balance(&self) -> u64 {
            self.0
        }

        #[cast]
        pub fn pay_in(&mut self, amount: u64) {
            self.0 += amount;
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let account = bank::Account::start(bank::Account(40)).await.unwrap();
    account.pay_in(2).await.unwrap();
    assert_eq!(account.balance().await.unwrap(), 42);
}
