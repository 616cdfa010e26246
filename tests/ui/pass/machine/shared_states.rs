//! Machines that share state types, and state types of another module.
#![deny(warnings)]

use genserver_runtime::prelude::*;

pub mod common {
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Open(pub u8);
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Closed;
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Sealed<T>(pub T);
}

use common::{Closed, Open};

pub struct Door;
pub struct Window;
pub struct Hatch<T>(T);

#[genserver(states(Open: initial, Closed: terminal), derive(Clone, Copy, Debug, PartialEq))]
impl Door {
    #[call(Open => Closed)]
    pub fn close(&self, st: &Open) -> Next<u8> {
        let was = st.0;
        st.goto(|_| Closed).reply(was)
    }
}

#[genserver(states(Closed: initial, common::Open), derive(Clone, Debug))]
impl Window {
    #[call(Closed => Open)]
    pub fn open(&self, st: &Closed, to: u8) -> Next {
        st.goto(move |_| Open(to))
    }

    #[call(Open => Closed)]
    pub fn close(&self, st: &common::Open) -> Next<u8> {
        let was = st.0;
        st.goto(|common::Open(_)| common::Closed).reply(was)
    }
}

#[genserver(states(crate::common::Closed: initial, common::Sealed<T>: terminal))]
impl<T: Clone + Send + Sync + 'static> Hatch<T> {
    #[call(Closed => Sealed)]
    pub fn seal(&self, st: &self::common::Closed) -> Next<T> {
        let with = self.0.clone();
        st.goto(move |_| common::Sealed(with)).reply(self.0.clone())
    }

    #[call(Sealed)]
    pub fn sealed(&self, st: &common::Sealed<T>) -> T {
        st.0.clone()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let door = Door::start(Door, Open(3)).await.unwrap();
    assert_eq!(door.close().await.unwrap(), 3);
    let window = Window::start(Window, Closed).await.unwrap();
    window.open(4).await.unwrap();
    assert_eq!(window.close().await.unwrap(), 4);
    assert_eq!(DoorState::Open(Open(1)), DoorState::Open(Open(1)).clone());
    assert_eq!(format!("{:?}", WindowState::Closed(Closed)), "Closed(Closed)");
    let hatch = Hatch::start(Hatch('x'), Closed).await.unwrap();
    assert_eq!(hatch.seal().await.unwrap(), 'x');
    assert_eq!(hatch.sealed().await.unwrap(), 'x');
    assert_eq!(hatch.state().await.unwrap(), HatchStateName::Sealed);
}
