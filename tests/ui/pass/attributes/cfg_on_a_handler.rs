//! A handler that `#[cfg]` takes away leaves nothing behind, and the others keep working.
#![deny(warnings)]

use genserver_runtime::prelude::*;

pub struct Counter {
    value: i64,
}

#[genserver]
impl Counter {
    #[cfg(all())]
    #[init]
    pub fn new(value: i64) -> Self {
        Self { value }
    }

    #[cfg(any())]
    #[call]
    pub fn first(&mut self, by: NoSuchType) -> NoSuchType {
        no_such_function(self, by)
    }

    #[cfg(all())]
    #[call]
    pub fn increment(&mut self) -> i64 {
        self.value += 1;
        self.value
    }

    #[cfg(any())]
    #[cast]
    pub fn reset(&mut self, to: NoSuchType) {
        no_such_function(self, to)
    }

    #[cfg(all())]
    #[cast]
    pub fn reset(&mut self) {
        self.value = 0;
    }

    #[cfg(any())]
    #[info]
    fn never(&mut self, message: NoSuchType) {
        no_such_function(self, message)
    }

    #[cfg(all())]
    #[info]
    fn add(&mut self, by: i64) {
        self.value += by;
    }

    #[cfg(any())]
    #[terminate]
    fn close(&mut self, reason: &ExitReason) {
        no_such_function(self, reason)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let counter = Counter::start(1).await.unwrap();
    counter.send_info(40).await.unwrap();
    assert_eq!(counter.increment().await.unwrap(), 42);
    counter.reset().await.unwrap();
    assert_eq!(counter.increment().await.unwrap(), 1);
}
