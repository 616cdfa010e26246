use rsactor::{Actor, ActorRef, message_handlers};

#[derive(Actor)]
struct Counter(u64);

struct Add;

#[message_handlers]
impl Counter {
    #[handler]
    async fn add(&mut self, _: Add, _: &ActorRef<Self>) -> u64 {
        self.0 += 1;
        self.0
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (counter, _) = rsactor::spawn::<Counter>(Counter(0));
    println!("{}", counter.ask(Add).await.expect("it runs"));
}
