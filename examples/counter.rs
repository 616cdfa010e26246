//! A counter: one value, three operations, reachable by name.

use genserver_runtime::prelude::*;

/// What the server holds.
pub struct Counter {
    value: i64,
}

#[genserver]
impl Counter {
    /// Starts to count from `value`.
    #[init]
    pub fn new(value: i64) -> Self {
        Self { value }
    }

    /// Adds one and returns the new value.
    #[call]
    pub fn increment(&mut self) -> i64 {
        self.value += 1;
        self.value
    }

    /// The present value.
    #[call]
    pub fn get(&self) -> i64 {
        self.value
    }

    /// Back to zero; nobody waits for it.
    #[cast]
    pub fn reset(&mut self) {
        self.value = 0;
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let counter = Counter::start(0).name("counter").await?;
    println!("increment -> {}", counter.increment().await?);
    println!("increment -> {}", counter.increment().await?);

    // By name, without a handle: this is how the rest of a program reaches it, in the same runtime.
    println!("get by name -> {}", CounterClient::named("counter").get().await?);

    // A cast returns at once; what the same caller sends later is handled later.
    counter.reset().await?;
    println!("get after reset -> {}", counter.get().await?);

    counter.stop().await?;
    println!("get after stop -> {}", counter.get().await.unwrap_err());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Counter;

    #[test]
    fn increment_adds_one() {
        assert_eq!(Counter::new(41).increment(), 42);
    }
}
