//! `#[format_state]` returns anything that can be shown.
#![deny(warnings)]

use std::fmt::{self, Debug};

use genserver_runtime::prelude::*;

pub struct Account {
    user: String,
    password: String,
}

#[genserver]
impl Account {
    #[format_state]
    fn show(&self) -> impl Debug {
        &self.user
    }

    #[call]
    pub fn is(&self, password: String) -> bool {
        self.password == password
    }
}

pub struct Borrowing(pub Vec<u8>);

#[genserver]
impl Borrowing {
    #[format_state]
    fn show(&self) -> &[u8] {
        &self.0
    }
}

/// Generic servers are shown by it alone.
pub struct Cell<T>(pub T);

#[genserver]
impl<T: Debug + Send + 'static> Cell<T> {
    #[format_state]
    fn show(&self) -> (&'static str, &T) {
        ("cell", &self.0)
    }
}

pub struct Open;
pub struct Closed;

pub struct Door {
    calls: u32,
}

pub struct Look<'a>(&'a Door, &'a DoorState);

impl Debug for Look<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} calls, {}", self.0.calls, matches!(self.1, DoorState::Open(_)))
    }
}

#[genserver(states(Open: initial, Closed: terminal))]
impl Door {
    #[call(Open => Closed)]
    pub fn close(&mut self) {
        self.calls += 1;
    }

    #[format_state]
    fn show<'a>(&'a self, st: &'a DoorState) -> Look<'a> {
        Look(self, st)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let account = Account { user: "joe".to_owned(), password: "1234".to_owned() };
    let account = Account::start(account).await.unwrap();
    assert!(account.is("1234".to_owned()).await.unwrap());
    Borrowing::start(Borrowing(Vec::new())).await.unwrap().sync().await.unwrap();
    Cell::start(Cell(1)).await.unwrap().sync().await.unwrap();
    Door::start(Door { calls: 0 }, Open).await.unwrap().close().await.unwrap();
}
