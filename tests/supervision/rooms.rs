//! Servers that are started when they are needed, for the tests of keyed ones.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use genserver_runtime::prelude::*;

use crate::support::{Gate, Journal};

/// What the rooms share, and what a test decides about them.
#[derive(Clone)]
pub struct World {
    pub journal: Journal,
    /// What each room had taken when it ended.
    pub saved: Arc<Mutex<HashMap<u32, u64>>>,
    /// Where `init` waits.
    pub opens: Option<Gate>,
    /// Where `terminate` waits.
    pub closes: Option<Gate>,
    pub broken: Arc<AtomicBool>,
}

impl World {
    pub fn new() -> Self {
        Self {
            journal: Journal::new(),
            saved: Arc::default(),
            opens: None,
            closes: None,
            broken: Arc::default(),
        }
    }

    pub fn keyed(&self) -> Keyed<u32, RoomClient> {
        let world = self.clone();
        Keyed::new(move |key: &u32| Room::start(*key, world.clone()))
    }

    pub fn load(&self, key: u32) -> u64 {
        self.saved.lock().expect("nothing panics under it").get(&key).copied().unwrap_or(0)
    }
}

/// A message to a room.
pub struct Knock;

pub struct Room {
    key: u32,
    taken: u64,
    world: World,
}

#[genserver(passivate = "1s")]
impl Room {
    #[init]
    pub async fn open(key: u32, world: World) -> Result<Self, &'static str> {
        world.journal.note(format!("open {key}"));
        if let Some(gate) = &world.opens {
            gate.pass().await;
        }
        if world.broken.load(Ordering::SeqCst) {
            return Err("no room");
        }
        Ok(Self { key, taken: world.load(key), world })
    }

    #[call]
    pub fn take(&mut self, count: u64) -> u64 {
        self.taken += count;
        self.taken
    }

    #[cast]
    pub fn add(&mut self, count: u64) {
        self.taken += count;
    }

    #[info]
    fn knock(&mut self, _: Knock) {
        self.taken += 1;
    }

    #[call]
    pub async fn wait(&self, gate: Gate) {
        gate.pass().await;
    }

    #[terminate]
    async fn close(&mut self, _: &ExitReason) {
        if let Some(gate) = &self.world.closes {
            gate.pass().await;
        }
        self.world.saved.lock().expect("nothing panics under it").insert(self.key, self.taken);
        self.world.journal.note(format!("close {}", self.key));
    }
}
