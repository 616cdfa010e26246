//! A transition that `#[cfg]` takes away is in no list of the machine.
#![deny(warnings)]

use genserver_runtime::prelude::*;

pub struct Door;
pub struct Open;
pub struct Closed;
pub struct Locked;

#[genserver(states(Open: initial, Closed, Locked: terminal))]
impl Door {
    #[call(Open => Closed)]
    pub fn close(&self) {}

    #[cfg(any())]
    #[call(Closed => Open)]
    pub fn open(&self, with: NoSuchType) -> NoSuchType {
        no_such_function(with)
    }

    #[cfg(any())]
    #[cast(Closed => Locked)]
    pub fn lock(&self, st: &Closed, with: NoSuchType) -> Next {
        no_such_function(st, with)
    }

    #[cfg(all())]
    #[cast(Closed => Locked)]
    pub fn lock(&self, st: &Closed) -> Next {
        st.goto(|_| Locked)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let door = Door::start(Door, Open).await.unwrap();
    door.close().await.unwrap();
    door.lock().await.unwrap();
    assert_eq!(door.state().await.unwrap(), DoorStateName::Locked);
    assert_eq!(DoorStateName::Closed.allowed(), [DoorMessage::Lock]);
    let edges: Vec<_> = Door::GRAPH.edges.iter().map(|edge| edge.label).collect();
    assert_eq!(edges, ["close", "lock"]);
}
