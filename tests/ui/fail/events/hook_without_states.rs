//! What never moves is never followed, and has no time in a state.

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver]
impl Counter {
    #[call]
    pub fn get(&self) -> u8 {
        1
    }

    #[enter(Open)]
    fn enter(&mut self) {}

    #[exit(Open)]
    fn exit(&mut self, _: &Open) {}

    #[transition]
    async fn save(&mut self, t: &Transition) -> Result<(), String> {
        let _ = t;
        Ok(())
    }

    #[state_timeout(Open, after = "5s" => Closed)]
    fn late(&self) {}

    #[call(otherwise = postpone)]
    pub fn postponed(&self) {}
}

fn main() {}
