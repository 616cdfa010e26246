use actix::prelude::*;

struct Counter(u64);

impl Actor for Counter {
    type Context = Context<Self>;
}

#[derive(Message)]
#[rtype(u64)]
struct Add;

impl Handler<Add> for Counter {
    type Result = u64;

    fn handle(&mut self, _: Add, _: &mut Context<Self>) -> u64 {
        self.0 += 1;
        self.0
    }
}

#[actix::main]
async fn main() {
    let counter = Counter(0).start();
    println!("{}", counter.send(Add).await.expect("it runs"));
}
