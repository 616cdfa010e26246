//! A client's methods are checked as any.

use genserver_runtime::prelude::*;

pub struct Counter(i64);

#[genserver]
impl Counter {
    #[call]
    pub fn add(&mut self, by: i64, #[into] why: String) -> i64 {
        self.0 += by + why.len() as i64;
        self.0
    }

    #[info]
    fn told(&mut self, by: i64) {
        self.0 += by;
    }
}

pub async fn run(counter: CounterClient) -> Result<(), ServerError> {
    counter.add("one", "why").await?;
    counter.add(1).await?;
    counter.add(1, 1_u8).await?;
    counter.ad(1, "why").await?;
    let text: String = counter.add(1, "why").await?;
    counter.send_info(text.len()).await?;
    let _ = counter.recipient::<u8>();
    counter.state().await?;
    Ok(())
}

fn main() {}
