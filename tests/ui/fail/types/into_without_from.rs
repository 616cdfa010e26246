//! `#[into]` asks the caller for what can be converted.

use genserver_runtime::prelude::*;

pub struct Counter(String);

#[genserver]
impl Counter {
    #[cast]
    pub fn rename(&mut self, #[into] name: String) {
        self.0 = name;
    }
}

pub async fn run(counter: CounterClient) -> Result<(), SendError> {
    counter.rename(5).await
}

fn main() {}
