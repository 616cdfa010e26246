use spawned_concurrency::tasks::{Actor, ActorStart, Context, Handler};
use spawned_concurrency::{Response, actor, protocol};

#[protocol]
pub trait Counting: Send + Sync {
    fn add(&self) -> Response<u64>;
}

pub struct Counter(u64);

#[actor(protocol = Counting)]
impl Counter {
    #[request_handler]
    async fn handle_add(&mut self, _: counting::Add, _: &Context<Self>) -> u64 {
        self.0 += 1;
        self.0
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let counter = Counter(0).start();
    println!("{}", counter.add().await.expect("it runs"));
}
