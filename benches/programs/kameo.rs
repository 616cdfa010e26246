use kameo::prelude::*;

#[derive(Actor)]
struct Counter(u64);

struct Add;

impl Message<Add> for Counter {
    type Reply = u64;

    async fn handle(&mut self, _: Add, _: &mut Context<Self, u64>) -> u64 {
        self.0 += 1;
        self.0
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let counter = Counter::spawn(Counter(0));
    println!("{}", counter.ask(Add).await.expect("it runs"));
}
