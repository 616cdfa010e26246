//! A client is named after its server, so that has a name.

use genserver_runtime::prelude::*;

pub trait Get {
    fn get(&self) -> u8;
}

#[genserver]
impl dyn Get {
    #[call]
    pub fn twice(&self) -> u8 {
        self.get() * 2
    }
}

fn main() {}
