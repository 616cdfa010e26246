//! What an alias hides, the types tell.

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver]
impl Counter {
    #[cast]
    pub fn save(&mut self) -> std::io::Result<()> {
        Ok(())
    }

    #[cast]
    pub fn count(&mut self) -> own::Result {
        Ok(1)
    }

    #[info]
    fn told(&mut self, _: u8) -> std::fmt::Result {
        Ok(())
    }
}

mod own {
    pub type Result = std::result::Result<u8, genserver_runtime::Crash>;
}

fn main() {}
