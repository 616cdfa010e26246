//! A door with a code.

use std::time::SystemTime;

use genserver_runtime::prelude::*;

/// Why the door does not move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    WrongCode { left: u8 },
    NoTriesLeft,
}

/// Somebody rings.
pub struct Ring;

pub struct Locked {
    tries: u8,
}

pub struct Shut {
    since: SystemTime,
}

pub struct Ajar {
    by: String,
}

pub struct Door {
    code: [u8; 4],
    rings: u32,
    log: Vec<String>,
}

#[genserver(states(Locked: initial, Unlocked { Shut, Ajar }), call_timeout = "1s")]
impl Door {
    /// A locked door.
    #[init]
    pub fn hang(code: [u8; 4]) -> Result<(Self, Locked), Denied> {
        if code == [0; 4] {
            return Err(Denied::NoTriesLeft);
        }
        Ok((Self { code, rings: 0, log: Vec::new() }, Locked { tries: 3 }))
    }

    /// Unlocks it.
    #[call(Locked => Shut)]
    pub fn unlock(&self, st: &Locked, code: [u8; 4]) -> Result<Next, Denied> {
        if st.tries == 0 {
            return Err(Denied::NoTriesLeft);
        }
        if code != self.code {
            let left = st.tries - 1;
            let wrong = Denied::WrongCode { left };
            return Ok(st.stay_mut(move |_, locked| locked.tries = left).refuse(wrong));
        }
        Ok(st.goto(|_| Shut { since: SystemTime::now() }))
    }

    /// Locks it again.
    #[call(Shut => Locked)]
    pub fn lock(&self, st: &Shut) -> Next<Option<u64>> {
        let seconds = st.since.elapsed().ok().map(|time| time.as_secs());
        st.goto(|_| Locked { tries: 3 }).reply(seconds)
    }

    /// Opens it.
    #[call(Shut => Ajar)]
    pub fn open(&self, st: &Shut, by: String) -> Next {
        st.goto_mut(move |door, _| {
            door.log.push(by.clone());
            Ajar { by }
        })
    }

    /// Shuts it.
    #[call(Ajar => Shut)]
    pub async fn shut(&self, st: &Ajar) -> Next<String> {
        let by = std::future::ready(st.by.clone()).await;
        st.goto(|_| Shut { since: SystemTime::now() }).reply(by)
    }

    /// Takes another code.
    #[call(Unlocked)]
    pub fn change(&mut self, code: [u8; 4]) -> [u8; 4] {
        std::mem::replace(&mut self.code, code)
    }

    /// Who has opened it.
    #[call]
    pub fn log(&self, most: usize) -> Vec<String> {
        self.log.iter().rev().take(most).cloned().collect()
    }

    /// How often somebody has rung.
    #[call]
    pub fn rings(&self) -> u32 {
        self.rings
    }

    /// Whether one can go through.
    #[call]
    pub fn is_open(&self, st: &DoorState) -> bool {
        matches!(st, DoorState::Unlocked(Unlocked::Ajar(_)))
    }

    /// Gives the tries back.
    #[cast(Locked)]
    pub fn forgive(&mut self, st: &mut Locked) {
        st.tries = 3;
    }

    #[info]
    fn ring(&mut self, _: Ring) {
        self.rings += 1;
    }
}
