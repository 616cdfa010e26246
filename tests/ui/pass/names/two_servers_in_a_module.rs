//! Servers side by side, with handlers and arguments of the same names.
#![deny(warnings)]

use genserver_runtime::prelude::*;

pub struct Counter(i64);
pub struct Text(String);

#[genserver]
impl Counter {
    #[init]
    pub fn new(value: i64) -> Self {
        Self(value)
    }

    #[call]
    pub fn get(&self) -> i64 {
        self.0
    }

    #[cast]
    pub fn set(&mut self, value: i64) {
        self.0 = value;
    }

    #[info]
    fn told(&mut self, value: u8) {
        self.0 = value.into();
    }
}

#[genserver]
impl Text {
    #[init]
    pub fn new(value: String) -> Self {
        Self(value)
    }

    #[call]
    pub fn get(&self) -> String {
        self.0.clone()
    }

    #[cast]
    pub fn set(&mut self, #[into] value: String) {
        self.0 = value;
    }

    #[info]
    fn told(&mut self, value: u8) {
        self.0 = value.to_string();
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (counter, text) =
        (Counter::start(1).await.unwrap(), Text::start(String::new()).await.unwrap());
    counter.set(2).await.unwrap();
    text.set("two").await.unwrap();
    assert_eq!(counter.get().await.unwrap(), 2);
    assert_eq!(text.get().await.unwrap(), "two");
    counter.send_info(3).await.unwrap();
    text.send_info(3).await.unwrap();
    assert_eq!(counter.get().await.unwrap().to_string(), text.get().await.unwrap());
}
