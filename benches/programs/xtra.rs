use xtra::prelude::*;

#[derive(xtra::Actor)]
struct Counter(u64);

struct Add;

impl Handler<Add> for Counter {
    type Return = u64;

    async fn handle(&mut self, _: Add, _: &mut Context<Self>) -> u64 {
        self.0 += 1;
        self.0
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let counter = xtra::spawn_tokio(Counter(0), Mailbox::bounded(1_024));
    println!("{}", counter.send(Add).await.expect("it runs"));
}
