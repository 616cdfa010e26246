//! The room: what one says, all hear.

use std::sync::Arc;

use genserver_runtime::Recipient;
use genserver_runtime::prelude::*;

/// What is heard in the room. Cheap to clone: it goes to everybody.
#[derive(Clone, Debug)]
pub struct Line(pub Arc<str>);

/// Whoever takes a `Line` can be here: it does not know sessions.
#[derive(Default)]
pub struct Room {
    guests: Vec<Recipient<Line>>,
}

#[genserver]
impl Room {
    /// An empty room.
    #[init]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes somebody in; all hear of it, the new one too.
    #[call]
    pub fn enter(&mut self, name: String, guest: Recipient<Line>) {
        self.guests.push(guest);
        self.tell(&format!("{name} is here"));
    }

    /// Says something to everybody.
    #[cast]
    pub fn say(&mut self, name: String, text: String) {
        self.tell(&format!("{name}: {text}"));
    }

    /// Waits for nobody: whose mailbox is full misses the line, and who is gone is forgotten.
    fn tell(&mut self, line: &str) {
        let line = Line(line.into());
        self.guests.retain(|guest| guest.try_send(line.clone()) != Err(SendError::NotRunning));
    }
}
