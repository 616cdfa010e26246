//! What is written of messages that the overflow policy drops.

use genserver_runtime::prelude::*;
use tracing::Level;

use crate::events::Events;

#[tokio::test]
async fn a_dropped_cast_is_told_at_a_limited_rate() {
    let events = Events::listen();
    let lossy = Lossy::start().await.expect("its init cannot fail");
    for _ in 0..101 {
        lossy.drip().await.expect("the newest is dropped");
    }
    assert_eq!(lossy.counters().dropped, 100);
    let told = events.of("Lossy", Level::WARN);
    assert!((1..=10).contains(&told.len()), "{} events", told.len());
    assert_eq!(told[0].get("server"), "Lossy");
}

struct Lossy;

#[genserver(mailbox = 1, overflow = drop_newest)]
impl Lossy {
    #[init]
    fn new() -> Self {
        Self
    }

    #[cast]
    fn drip(&self) {}
}
