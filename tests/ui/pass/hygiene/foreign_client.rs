//! A `Client` of another crate in scope, and traits that give every type the methods that generated
//! code might call.
#![deny(warnings)]

mod other {
    pub trait Client {
        fn stop(&self) -> &'static str {
            "other"
        }
    }
    impl<T> Client for T {}

    pub struct Server;
    pub struct Message;

    pub trait Everything {
        fn clone(&self) -> u8 {
            0
        }
        fn commit(&mut self, _: u8) {}
        fn enter(&mut self, _: u8) {}
        fn parts(&mut self) {}
        fn map(&self) {}
        fn into(&self) {}
        fn into_state(&self) {}
        fn peek(&self) {}
        fn send(&self) {}
        fn dispatch(&self) {}
        fn run(&self) {}
        fn get(&mut self) {}
        fn as_ref(&self) {}
        fn is_ok(&self) {}
    }
    impl<T: ?Sized> Everything for T {}
}

use genserver_runtime::prelude::*;
#[allow(unused_imports)]
use other::Everything as _;
use other::{Client, Message, Server};

pub struct Counter(i64);

#[genserver]
impl Counter {
    #[call]
    pub fn get(&self) -> i64 {
        self.0
    }

    #[call]
    pub async fn own(
        &mut self,
        server: Server,
        #[into] message: Box<Message>,
    ) -> (Server, Message) {
        self.0 += 1;
        (server, *message)
    }

    #[cast]
    pub fn run(&mut self) {
        self.0 += 1;
    }
}

pub struct Open;
pub struct Closed;
pub struct Door;

#[genserver(states(Open: initial, Closed: terminal))]
impl Door {
    #[call(Open => Closed)]
    pub fn enter(&self, st: &Open) -> Result<Next<u8>, std::fmt::Error> {
        Ok(st.goto(|_| Closed).reply(7))
    }

    #[call(Closed)]
    pub fn peek(&self, st: &Closed) -> bool {
        let _ = st;
        true
    }

    #[call]
    pub fn parts(&self, st: &DoorState) -> bool {
        matches!(st, DoorState::Closed(_))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let counter = Counter::start(Counter(0)).await.unwrap();
    assert_eq!(Client::stop(&counter), "other");
    counter.run().await.unwrap();
    let (Server, Message) = counter.own(Server, Message).await.unwrap();
    assert_eq!(counter.get().await.unwrap(), 2);
    genserver_runtime::Client::stop(&counter).await.unwrap();
    assert!(!counter.is_running());
    let door = Door::start(Door, Open).await.unwrap();
    assert_eq!(door.enter().await.unwrap(), 7);
    assert!(door.peek().await.unwrap());
    assert!(door.parts().await.unwrap());
}
