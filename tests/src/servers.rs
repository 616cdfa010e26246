//! What a library would offer: a server, a generic one, and a machine.

use std::collections::VecDeque;

use genserver_runtime::prelude::*;

/// Counts how often it was rung.
pub struct Bell {
    rings: u64,
}

/// Told to whoever rings.
#[derive(Debug, PartialEq)]
pub struct Ring(pub u64);

#[genserver]
impl Bell {
    /// A bell that nobody has rung.
    #[init]
    #[must_use]
    pub const fn hang() -> Self {
        Self { rings: 0 }
    }

    /// Rings once.
    #[call]
    pub fn ring(&mut self) -> Ring {
        self.rings += 1;
        Ring(self.rings)
    }

    /// Ends the server by a panic.
    #[call]
    pub fn crack(&mut self) {
        panic!("expected: crack");
    }
}

/// Things, first in, first out.
pub struct Shelf<T> {
    things: VecDeque<T>,
}

#[genserver]
impl<T: Send + 'static> Shelf<T> {
    /// An empty shelf.
    #[init]
    #[must_use]
    pub const fn empty() -> Self {
        Self { things: VecDeque::new() }
    }

    /// Puts a thing behind the others.
    #[call]
    pub fn put(&mut self, thing: T) -> usize {
        self.things.push_back(thing);
        self.things.len()
    }

    /// Takes the first one.
    #[call]
    pub fn take(&mut self) -> Option<T> {
        self.things.pop_front()
    }
}

/// A lamp without light.
pub struct Dark;

/// A lamp with light.
pub struct Lit {
    /// Its watts.
    pub watts: u32,
}

/// Is dark or lit.
pub struct Lamp;

#[genserver(states(Dark: initial, Lit))]
impl Lamp {
    /// Lights it.
    #[call(Dark => Lit)]
    pub fn light(&self, st: &Dark, watts: u32) -> Next {
        st.goto(move |_| Lit { watts })
    }

    /// Puts it out.
    #[call(Lit => Dark)]
    pub fn dim(&self, st: &Lit) -> Next {
        st.goto(|_| Dark)
    }
}
