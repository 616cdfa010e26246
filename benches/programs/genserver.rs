use genserver_runtime::prelude::*;

pub struct Counter(u64);

#[genserver]
impl Counter {
    #[call]
    pub fn add(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let counter = Counter::start(Counter(0)).await.expect("it starts");
    println!("{}", counter.add().await.expect("it runs"));
}
