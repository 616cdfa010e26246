//! The same of a server without states.

use genserver_runtime::prelude::*;

pub struct Counter(i64);

#[genserver(name = 5)]
impl Counter {
    #[init]
    pub fn new(#[into] text: &str) -> Self {
        Self(text.len() as i64)
    }

    #[call]
    pub fn add<T: Into<i64>>(&mut self, by: T) -> i64 {
        self.0 += by.into();
        self.0
    }

    #[call]
    pub fn get(&self) -> Result<i64, String> {
        Ok(self.0)
    }

    #[cast(unbounded)]
    pub fn reset(self) {}
}

pub async fn run() -> Result<i64, Box<dyn std::error::Error>> {
    let counter: CounterClient = Counter::start("text").await.map_err(|_| "start")?;
    counter.add(5_i64).await?;
    counter.reset().post()?;
    counter.get().await.map_err(|_| "get".into())
}

fn main() {}
