//! `name`, `start`, `client`, `state`: every generated name has another one.
#![deny(warnings)]

use genserver_runtime::prelude::*;

pub struct Counter(i64);

#[genserver(start = launch, client = Counting, name = "counting")]
impl Counter {
    #[init]
    pub fn new(value: i64) -> Self {
        Self(value)
    }

    #[call(name = start)]
    pub fn begin(&mut self) -> i64 {
        self.0
    }

    #[call(name = get)]
    pub fn fetch(&self) -> i64 {
        self.0
    }

    #[cast(name = fetch)]
    pub fn get(&mut self) {
        self.0 += 1;
    }

    /// A constructor of the user's, beside `launch`.
    pub fn start() -> Self {
        Self(0)
    }

    pub const GRAPH: u8 = 1;
}

pub struct Open;
pub struct Closed;
pub struct DoorState;
pub struct Door;

#[genserver(state = Position, start = hang, states(Open: initial, Shut { Closed: terminal, DoorState: terminal }))]
impl Door {
    #[init]
    pub fn new() -> (Self, Position) {
        (Self, Position::Open(Open))
    }

    #[call(Open => Shut, name = shut)]
    pub fn close(&self, st: &Open) -> Next {
        st.goto(|_| DoorState)
    }

    #[call]
    pub fn is_open(&self, st: &Position) -> bool {
        matches!(st, Position::Open(_))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let counter: Counting = Counter::launch(1).await.unwrap();
    assert_eq!(counter.start().await.unwrap(), 1);
    counter.fetch().await.unwrap();
    assert_eq!(counter.get().await.unwrap(), 2);
    assert_eq!(Counting::named("counting").get().await.unwrap(), 2);
    assert_eq!(Counter::start().0, 0);
    assert_eq!(Counter::GRAPH, 1);

    let door = Door::hang().await.unwrap();
    assert!(door.is_open().await.unwrap());
    door.shut().await.unwrap();
    assert_eq!(door.state().await.unwrap(), DoorStateName::DoorState);
    let error = door.shut().await.unwrap_err().invalid_state::<Door>();
    assert_eq!(error, Some((DoorStateName::DoorState, DoorMessage::Shut)));
}
