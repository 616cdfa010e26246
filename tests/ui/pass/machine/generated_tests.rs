//! Machines of all kinds can be driven by generated tests, and others need nothing for it.

use std::collections::HashMap;
use std::net::IpAddr;

use genserver_runtime::machine::{self, Sample, Source};
use genserver_runtime::prelude::*;

pub struct Empty;
pub struct Full<T>(pub T);

/// Generic, with arguments of its parameter.
pub struct Cell<T, const N: usize>(std::marker::PhantomData<T>);

#[genserver(states(Empty: initial, Full<T>))]
impl<T: Clone + Send + Sync + 'static, const N: usize> Cell<T, N> {
    #[call(Empty => Full)]
    pub fn put(&self, st: &Empty, value: T) -> Next {
        st.goto(|_| Full(value))
    }

    #[call(Full => Empty)]
    pub fn take(&self, st: &Full<T>) -> Next<T> {
        st.goto(|_| Empty).reply(st.0.clone())
    }

    #[cfg(any())]
    #[call(Full => Empty)]
    pub fn never(&self, gone: Gone) {}

    /// Its types might be gone: it is left out.
    #[cfg(all())]
    #[call]
    pub fn here(&self, _unknown: Unknown) {}
}

mod private {
    use genserver_runtime::machine::{Sample, Source};
    use genserver_runtime::prelude::*;

    /// Not to be seen outside.
    struct Secret;

    impl<By> Sample<By> for Secret {
        fn sample(_: &mut Source) -> Self {
            Self
        }
    }

    pub struct Shut;
    pub struct Open;
    pub struct Safe;

    #[genserver(states(Shut: initial, Open: terminal))]
    impl Safe {
        #[init]
        pub fn new() -> (Self, Shut) {
            (Self, Shut)
        }

        #[call(Shut => Open)]
        fn open(&self, _secret: Secret, #[into] _by: String) {}
    }
}

/// Not `Sample`: nobody tests it so.
pub struct Unknown;

pub struct Off;
pub struct On;
pub struct Lamp;

#[genserver(states(Off: initial, On: terminal))]
impl Lamp {
    #[call(Off => On)]
    pub fn switch(&self, _unknown: Unknown, _known: HashMap<u8, Vec<String>>) {}
}

pub struct Down;
pub struct Up;
pub struct Link;

/// Of a type of another crate.
#[genserver(states(Down: initial, Up: terminal))]
impl Link {
    #[call(Down => Up)]
    pub fn connect(&self, _to: IpAddr) {}
}

pub struct Mine;

impl Sample<Mine> for IpAddr {
    fn sample(source: &mut Source) -> Self {
        source.any()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let cell = machine::conformance::<Cell<u8, 3>>();
    let report = cell.run(|_| Cell::start(Cell(std::marker::PhantomData), Empty)).await;
    report.assert_clean();
    assert_eq!(report.left_out, ["never", "here"]);
    let safe = machine::conformance::<private::Safe>();
    safe.run(|_| private::Safe::start()).await.assert_clean();
    let link = machine::conformance_with::<Link, Mine>();
    link.run(|_| Link::start(Link, Down)).await.assert_clean();
    let mut lamp = machine::drive(Lamp, Off);
    assert!(lamp.step(|lamp| lamp.switch(Unknown, HashMap::new())).is_ok());
}
