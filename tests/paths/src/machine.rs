//! A state machine that goes to and fro between two states and takes its data along.

use genserver_runtime::prelude::*;

struct Open {
    owner: String,
}

struct Shut {
    owner: String,
    keys: u64,
}

struct Door;

#[genserver(states(Open: initial, Shut))]
impl Door {
    #[init]
    fn new(owner: String) -> (Self, Open) {
        (Self, Open { owner })
    }

    #[call(Open => Shut)]
    fn shut(&self, st: &Open) -> Next {
        st.goto(|open| Shut { owner: open.owner, keys: 1 })
    }

    #[call(Open => Shut)]
    fn lock(&self, st: &Open, keys: u64) -> Next {
        st.goto(move |open| Shut { owner: open.owner, keys })
    }

    #[call(Shut => Open)]
    fn open(&self, st: &Shut) -> Next<u64> {
        st.goto(|shut| Open { owner: shut.owner }).reply(st.keys)
    }
}

async fn start() -> DoorClient {
    Door::start("someone".to_owned()).await.expect("it starts")
}

/// There and back.
pub async fn transition(times: u64) {
    let door = start().await;
    for _ in 0..times {
        assert_eq!(door.shut().await, Ok(()));
        assert_eq!(door.open().await, Ok(1));
    }
}

/// There with something that the closure takes along, and back.
pub async fn transition_with(times: u64) {
    let door = start().await;
    for keys in 0..times {
        assert_eq!(door.lock(keys).await, Ok(()));
        assert_eq!(door.open().await, Ok(keys));
    }
}
