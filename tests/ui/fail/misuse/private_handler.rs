//! A client method is as private as its handler.

use genserver_runtime::prelude::*;

mod bank {
    use genserver_runtime::prelude::*;

    pub struct Account(pub u8);

    #[genserver]
    impl Account {
        #[init]
        fn open() -> Self {
            Self(0)
        }

        #[call]
        fn audit(&self) -> u8 {
            self.0
        }

        #[call]
        pub fn get(&self) -> u8 {
            self.0
        }
    }
}

pub async fn run(account: bank::AccountClient) -> Result<u8, ServerError> {
    account.get().await?;
    let _ = bank::Account::start();
    account.audit().await
}

fn main() {}
