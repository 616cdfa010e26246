//! Without `#[format_state]` what has `Debug` is shown, whatever else is in scope.
#![deny(warnings)]

use genserver_runtime::prelude::*;

/// Methods and functions of the names that showing could go by, of every type.
pub trait Nosy {
    fn fmt(&self) -> u8 {
        1
    }
    fn show(&self) -> u8 {
        2
    }
    fn debug(&self) -> u8 {
        3
    }
    fn unshown(&self) -> u8 {
        4
    }
    fn format_state(&self) -> u8 {
        5
    }
    fn of(_: &Self) -> u8
    where
        Self: Sized,
    {
        6
    }
}

impl<T: ?Sized> Nosy for T {}

pub struct Shown;
pub trait Unshown {}
impl<T> Unshown for T {}

mod private {
    use genserver_runtime::prelude::*;

    #[derive(Debug)]
    struct Secret(u8);

    #[derive(Debug)]
    struct Keeper {
        secret: Secret,
    }

    #[genserver]
    impl Keeper {
        #[call]
        fn get(&self) -> u8 {
            self.secret.0
        }
    }

    pub async fn run() -> u8 {
        Keeper::start(Keeper { secret: Secret(1) }).await.unwrap().get().await.unwrap()
    }
}

/// By hand, and of one parameter only.
pub struct Wrapper<T>(pub T);

impl std::fmt::Debug for Wrapper<u8> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a wrapper")
    }
}

#[genserver]
impl Wrapper<u8> {
    #[call]
    pub fn get(&self) -> u8 {
        self.0
    }
}

#[genserver(client = WideClient)]
impl Wrapper<u16> {
    #[call]
    pub fn get(&self) -> u16 {
        self.0
    }
}

mod apart {
    use genserver_runtime::prelude::*;

    /// Generic: it may have `Debug` or not.
    pub struct Cell<T>(pub T);

    #[genserver]
    impl<T: Clone + Send + Sync + 'static> Cell<T> {
        #[call]
        pub fn get(&self) -> T {
            self.0.clone()
        }
    }
}

/// Holds a client of its own.
#[derive(Debug)]
pub struct Node {
    next: Option<NodeClient>,
}

#[genserver]
impl Node {
    #[call]
    pub fn is_last(&self) -> bool {
        self.next.is_none()
    }
}

#[derive(Debug)]
pub struct Open {
    pub since: u8,
}
pub struct Closed;
pub struct Locked<T>(pub T);
pub struct Door;

#[genserver(states(Open: initial, Shut { Closed, Locked<Vec<u8>>: terminal }))]
impl Door {
    #[call(Open => Closed)]
    pub fn close(&self) {}

    #[call(Closed => Locked)]
    pub fn lock(&self, st: &Closed) -> Next {
        st.goto(|_| Locked(Vec::new()))
    }

    #[call]
    pub fn since(&self, st: &DoorState) -> u8 {
        match st {
            DoorState::Open(open) => open.since,
            DoorState::Shut(_) => 0,
        }
    }
}

#[derive(Debug)]
pub struct Gate(pub u8);

#[genserver(states(Open: initial + terminal))]
impl Gate {
    #[call]
    pub fn get(&self) -> u8 {
        self.0
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(private::run().await, 1);
    assert_eq!(Wrapper(1_u8).show() + Wrapper(1_u8).of_all(), 8);
    assert_eq!(apart::Cell::start(apart::Cell(1)).await.unwrap().get().await.unwrap(), 1);
    assert!(Node::start(Node { next: None }).await.unwrap().is_last().await.unwrap());
    let door = Door::start(Door, Open { since: 1 }).await.unwrap();
    assert_eq!(door.since().await.unwrap(), 1);
    let gate = Gate::start(Gate(2), Open { since: 1 }).await.unwrap();
    assert_eq!(gate.get().await.unwrap(), 2);
    let _ = (Shown, takes_unshown(&1));
}

fn takes_unshown(_: &impl Unshown) {}

/// The trait's other functions are used as well.
trait All: Nosy + Sized {
    fn of_all(&self) -> u8 {
        let _ = (self.fmt(), self.debug(), self.unshown(), self.format_state());
        Self::of(self)
    }
}

impl<T> All for T {}
