//! What a server sends itself: continued, idle, every; what it does before it sleeps.
#![deny(warnings)]

use std::time::Duration;

use genserver_runtime::__private::{Continues, Kind, Missed, Server};
use genserver_runtime::prelude::*;

const BEAT: Duration = Duration::from_secs(3);

mod times {
    pub const SWEEP: std::time::Duration = std::time::Duration::from_secs(4);
}

#[derive(Default)]
pub struct Cache {
    entries: Vec<u64>,
}

pub struct Load(pub u64);
pub struct Save;

impl Cache {
    const PATIENCE: Duration = Duration::from_secs(60);
}

#[genserver(hibernate_after = "30s", passivate = Self::PATIENCE)]
impl Cache {
    const PERIOD: Duration = Duration::from_secs(2);

    #[init]
    pub fn new(_: &mut Cx<Self>) -> Self {
        Self::default()
    }

    #[call(priority = high)]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    #[cast(priority = high)]
    pub fn put(&mut self, entry: u64) {
        self.entries.push(entry);
    }

    #[cast(unbounded, priority = normal)]
    pub fn forget(&mut self) {
        self.entries.clear();
    }

    #[info(priority = high)]
    fn told(&mut self, entry: u64) {
        self.entries.push(entry);
    }

    #[continued]
    async fn load(&mut self, Load(entry): Load) -> Result<(), Crash> {
        self.entries.push(entry);
        Ok(())
    }

    #[continued]
    fn save(&self, cx: &mut Cx<Self>, _: Save) {
        let _ = cx.name();
    }

    #[idle(Self::PATIENCE)]
    fn rest(&mut self, cx: &mut Cx<Self>) {
        cx.stop(ExitReason::Normal);
    }

    #[every("5s")]
    fn sweep(&mut self) {
        self.entries.retain(|entry| *entry > 0);
    }

    #[every(BEAT, missed = catch_up)]
    async fn beat(&mut self) -> Result<(), Crash> {
        Ok(())
    }

    #[every(Self::PERIOD, missed = delay)]
    fn check(&self) {}

    #[every(times::SWEEP, missed = skip)]
    fn look(&self) {}

    #[hibernate]
    fn shrink(&mut self) {
        self.entries.shrink_to_fit();
    }
}

pub struct Off;

#[genserver]
impl Off {
    #[idle]
    fn rest(&self) {}

    #[call]
    pub fn get(&self, cx: &mut Cx<Self>) -> bool {
        cx.name().is_some()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let ticks: Vec<_> = Cache::TICKS
        .iter()
        .map(|tick| (Cache::HANDLERS[tick.handler].name, tick.period.as_secs(), tick.missed))
        .collect();
    let expected = [
        ("sweep", 5, Missed::Skip),
        ("beat", 3, Missed::CatchUp),
        ("check", 2, Missed::Delay),
        ("look", 4, Missed::Skip),
    ];
    assert_eq!(ticks, expected);
    let idle = Cache::IDLE_AFTER.unwrap();
    assert_eq!((Cache::HANDLERS[idle.handler].name, idle.after), ("rest", Cache::PATIENCE));
    assert_eq!(Off::IDLE_AFTER.unwrap().after, Duration::MAX);
    assert!(Cache::HIBERNATES && !Off::HIBERNATES && Off::TICKS.is_empty());
    assert_eq!(Cache::OPTIONS.hibernate_after, Some(Duration::from_secs(30)));
    assert_eq!(Cache::OPTIONS.passivate, Some(Duration::from_secs(60)));
    let high: Vec<_> = Cache::HANDLERS.iter().filter(|handler| handler.high).collect();
    assert_eq!(high.iter().map(|handler| handler.name).collect::<Vec<_>>(), ["len", "put", "told"]);
    for handler in Cache::HANDLERS {
        let sent = matches!(handler.kind, Kind::Call | Kind::Cast | Kind::Info);
        assert_eq!(handler.counted, sent && handler.name != "forget", "{handler:?}");
    }
    let number = |message: <Cache as Server>::Message| {
        genserver_runtime::__private::Message::handler(&message)
    };
    assert_eq!(
        Cache::HANDLERS[number(<Cache as Continues<Load>>::continued(Load(1)))].name,
        "load"
    );
    assert_eq!(Cache::HANDLERS[number(<Cache as Continues<Save>>::continued(Save))].name, "save");
    for (at, handler) in Cache::HANDLERS.iter().enumerate() {
        let timed = matches!(handler.kind, Kind::Idle | Kind::Every);
        assert_eq!(Cache::signal(at).map(number), timed.then_some(at));
    }

    let cache = Cache::start().await.unwrap();
    cache.put(1).await.unwrap();
    assert_eq!(cache.len().await.unwrap(), 1);
    assert!(!Off::start(Off).await.unwrap().get().await.unwrap());
}
