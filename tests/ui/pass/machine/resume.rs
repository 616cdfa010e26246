//! Machines start in the initial state, from a value, or are resumed in any state.
#![deny(warnings)]

use std::io;

use genserver_runtime::prelude::*;

pub struct Open;
pub struct Closed;
pub struct Gone;

mod plain {
    use super::*;

    pub struct Door;

    #[genserver(states(Open: initial, Shut { Closed }, Gone: terminal))]
    impl Door {
        #[call(Open => Closed)]
        pub fn close(&self) {}

        #[call(Closed => Gone)]
        pub fn remove(&self) {}

        #[terminate]
        fn end(&mut self, reason: &ExitReason, st: Option<&DoorState>) {
            assert_eq!(*reason, ExitReason::Normal);
            assert!(matches!(st, Some(DoorState::Shut(Shut::Closed(_)))));
        }
    }
}

mod resumed {
    use super::*;

    pub struct Door;

    #[genserver(states(Open: initial, Shut { Closed }, Gone: terminal))]
    impl Door {
        #[init]
        pub async fn load(cx: &mut Cx<Self>, name: String) -> io::Result<(Self, DoorState)> {
            let _ = cx.id();
            let state = match name.as_str() {
                "open" => DoorState::Open(Open),
                "closed" => DoorState::Shut(Shut::Closed(Closed)),
                "gone" => DoorState::Gone(Gone),
                _ => return Err(io::ErrorKind::NotFound.into()),
            };
            Ok((Self, state))
        }

        #[call(Open => Closed)]
        pub fn close(&self) {}

        #[call(Closed => Gone)]
        pub fn remove(&self) {}

        #[terminate]
        async fn end(&mut self, st: Option<&DoorState>, _: &ExitReason) {
            assert!(matches!(st, Some(DoorState::Gone(_) | DoorState::Shut(_))));
        }
    }
}

mod decided {
    use super::*;

    pub struct Door;

    #[genserver(states(Open: initial, Shut { Closed }, Gone: terminal))]
    impl Door {
        #[init]
        pub fn hang(well: bool) -> Init<(Self, Open), &'static str> {
            if well { Init::Ready((Self, Open)) } else { Init::Fail("crooked") }
        }

        #[call(Open => Closed)]
        pub fn close(&self) {}

        #[call(Closed => Gone)]
        pub fn remove(&self) {}
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let door = plain::Door::start(plain::Door, Open).await.unwrap();
    door.close().await.unwrap();
    door.stop().await.unwrap();

    let load = |name: &str| resumed::Door::start(name.to_owned());
    load("open").await.unwrap().close().await.unwrap();
    let closed = load("closed").await.unwrap();
    closed.remove().await.unwrap();
    closed.stop().await.unwrap();
    let gone = load("gone").await.unwrap();
    assert_eq!(gone.state().await.unwrap(), resumed::DoorStateName::Gone);
    assert!(matches!(load("none").await, Err(StartError::Init(_))));

    decided::Door::start(true).await.unwrap().close().await.unwrap();
    assert!(matches!(decided::Door::start(false).await, Err(StartError::Init("crooked"))));
}
