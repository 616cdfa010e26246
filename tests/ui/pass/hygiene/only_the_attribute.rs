//! Nothing is imported, so no trait of the prelude is in scope.
#![deny(warnings)]

pub struct Counter(i64);

#[genserver_runtime::genserver]
impl Counter {
    #[genserver_runtime::init]
    pub fn new(cx: &mut genserver_runtime::Cx<Self>, value: i64) -> genserver_runtime::Init<Self> {
        let _ = cx.id();
        genserver_runtime::Init::Ready(Self(value))
    }

    #[genserver_runtime::call]
    pub fn get(&self) -> i64 {
        self.0
    }

    #[call]
    pub fn later(&self, reply: genserver_runtime::ReplyTo<i64>) {
        let _ = reply.reply(self.0);
    }

    #[::genserver_runtime::cast]
    pub fn reset(&mut self) -> Result<(), genserver_runtime::Crash> {
        self.0 = 0;
        Ok(())
    }

    #[info]
    fn told(&mut self, by: u8) {
        self.0 += i64::from(by);
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let counter = Counter::start(1).await.unwrap();
    assert_eq!(counter.get().await.unwrap(), 1);
    counter.reset().await.unwrap();
    assert_eq!(counter.later().await.unwrap(), 0);
}
