//! A cast carries no reply, and no error but a crash.

use genserver_runtime::prelude::*;

pub struct Counter(i64);

#[genserver]
impl Counter {
    #[cast]
    pub fn reset(&mut self) -> i64 {
        self.0
    }

    #[cast]
    pub fn save(&mut self) -> Result<(), std::fmt::Error> {
        Ok(())
    }

    #[cast]
    pub fn load(&mut self) -> Result<i64, Crash> {
        Ok(self.0)
    }

    #[cast(unbounded)]
    pub fn post(&mut self) -> Option<()> {
        None
    }

    #[info]
    fn told(&mut self, by: i64) -> Result<i64, std::fmt::Error> {
        Ok(by)
    }

    #[info]
    fn more(&mut self, _: u8) -> bool {
        true
    }
}

fn main() {}
