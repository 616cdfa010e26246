//! The most frequent cause.

use std::sync::Mutex;

use genserver_runtime::prelude::*;

pub struct Counter(Mutex<u32>);

#[genserver]
impl Counter {
    #[call]
    pub async fn add(&mut self, by: u32) -> Result<u32, String> {
        let mut value = self.0.lock().map_err(|_| "poisoned")?;
        *value += by;
        std::future::ready(()).await;
        Ok(*value)
    }
}

fn main() {}
