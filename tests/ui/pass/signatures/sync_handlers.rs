//! `fn` and `async fn`, with and without arguments, a context and a reply.
#![deny(warnings)]

use std::time::Duration;

use genserver_runtime::prelude::*;

const LIMIT: Duration = Duration::from_secs(1);

#[derive(Default)]
pub struct Log {
    lines: Vec<String>,
}

#[genserver]
impl Log {
    #[call]
    pub fn nothing(&self) {}

    #[call]
    pub fn unit(&mut self) -> () {
        self.lines.clear();
    }

    #[call]
    pub fn push(&mut self, line: String) -> usize {
        self.lines.push(line);
        self.lines.len()
    }

    #[call]
    pub async fn push_async(&mut self, line: String) -> usize {
        tokio::task::yield_now().await;
        self.lines.push(line);
        self.lines.len()
    }

    #[call(inline = false)]
    pub fn queued(&self) -> usize {
        self.lines.len()
    }

    #[call(blocking, timeout = self::LIMIT)]
    pub fn heavy(&mut self) -> usize {
        self.lines.drain(..).count()
    }

    #[call]
    pub fn with_cx(&self, cx: &mut Cx<Self>, with: u8) -> (u8, bool) {
        (with, cx.name().is_some())
    }

    #[call]
    pub async fn with_cx_async(&mut self, cx: &mut Cx<Self>) -> bool {
        tokio::task::yield_now().await;
        cx.deadline().is_some()
    }

    #[call]
    pub fn deferred(&self, reply: ReplyTo<usize>, cx: &mut Cx<Self>, add: usize) {
        let _ = cx.id();
        let _ = reply.reply(self.lines.len() + add);
    }

    #[call(skip_abandoned, timeout = infinity)]
    pub async fn deferred_async(&mut self, cx: &mut Cx<Self>, reply: ReplyTo<String>) {
        tokio::task::yield_now().await;
        let _ = (cx.id(), reply.reply(self.lines.concat()));
    }

    #[cast]
    pub async fn cast_async(&mut self, line: String) {
        tokio::task::yield_now().await;
        self.lines.push(line);
    }

    #[cast]
    pub fn quit(&self, cx: &mut Cx<Self>) {
        cx.stop(ExitReason::Normal);
    }

    #[info]
    async fn told(&mut self, cx: &mut Cx<Self>, line: &'static str) {
        let _ = cx.id();
        self.lines.push(line.to_owned());
    }

    /// No handler, and as free as any method.
    pub fn longest<'a>(&'a self, than: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.lines.iter().map(String::as_str).filter(|line| line.len() > than.len())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let log = Log::start(Log::default()).await.unwrap();
    log.nothing().await.unwrap();
    log.unit().await.unwrap();
    assert_eq!(log.push("a".into()).await.unwrap(), 1);
    assert_eq!(log.push_async("b".into()).await.unwrap(), 2);
    log.cast_async("c".into()).await.unwrap();
    log.send_info("d").await.unwrap();
    assert_eq!(log.queued().await.unwrap(), 4);
    assert_eq!(log.with_cx(7).await.unwrap(), (7, false));
    log.with_cx_async().await.unwrap();
    assert_eq!(log.deferred(1).await.unwrap(), 5);
    assert_eq!(log.deferred_async().await.unwrap(), "abcd");
    assert_eq!(log.heavy().await.unwrap(), 4);
    log.quit().await.unwrap();
    log.stop().await.unwrap();
    assert_eq!(Log { lines: vec!["long".into(), "a".into()] }.longest("aa").count(), 1);
}
