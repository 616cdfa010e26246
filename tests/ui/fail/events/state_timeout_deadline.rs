//! What `until = ..` names is told by its types: at the path, in our words where the time is none.

use std::time::{Duration, SystemTime};

use genserver_runtime::prelude::*;

pub struct New;
pub struct Open;
pub struct Resolved;
pub struct Closed;
pub struct Ticket;

#[genserver(states(New: initial, Open, Resolved, Closed: terminal))]
impl Ticket {
    #[call(New => Open)]
    pub fn open(&self) {}

    #[call(Open => Resolved)]
    pub fn resolve(&self) {}

    #[state_timeout(New, until = Self::duration => Closed)]
    fn lose(&self) {}

    #[state_timeout(Open, until = Self::of_another => Closed)]
    fn forget(&self) {}

    #[state_timeout(Resolved, until = Self::not_there => Closed)]
    fn close(&self) {}

    fn duration(&self, _: &New) -> Duration {
        Duration::from_secs(1)
    }

    fn of_another(&self, _: &New) -> SystemTime {
        SystemTime::now()
    }
}

fn main() {}
