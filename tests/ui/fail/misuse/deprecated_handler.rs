//! A deprecated handler is deprecated for its callers, and only for them.
#![deny(deprecated)]

use genserver_runtime::prelude::*;

pub struct Counter(u8);

#[genserver]
impl Counter {
    #[call]
    #[deprecated(note = "use `read`")]
    pub fn get(&self) -> u8 {
        self.0
    }
}

pub async fn run(counter: CounterClient) -> Result<u8, ServerError> {
    counter.get().await
}

fn main() {}
