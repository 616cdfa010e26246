//! A `#[cfg]` takes all of a method away, and leaves the numbers of the others.
// What it looks like is what it is about.
#![cfg_attr(rustfmt, rustfmt_skip)]
#![deny(warnings)]

use std::time::Duration;

use genserver_runtime::__private::Server;
use genserver_runtime::prelude::*;

pub struct Load;
pub struct Clock;

#[genserver]
impl Clock {
    #[cfg(any())]
    #[every(Self::NEVER)]
    fn never(&self) {}

    #[cfg(all())]
    #[every("2s")]
    fn tick(&self) {}

    #[every("3s")]
    fn tock(&self) {}

    #[cfg(any())]
    #[idle("1s")]
    fn rest(&self) {}

    #[cfg(all())]
    #[idle("2s")]
    fn rest_longer(&self) {}

    #[cfg(any())]
    #[continued]
    fn load(&self, _: Load) {}

    #[cfg(all())]
    #[continued]
    fn load(&self, _: Load, ) {}

    #[cfg(any())]
    #[hibernate]
    fn shrink(&mut self) {}

    #[cfg(any())]
    #[cfg(all())]
    #[format_state]
    fn show(&self) -> Nothing {}

    #[call]
    pub fn get(&self, cx: &mut Cx<Self>) -> bool {
        cx.name().is_none()
    }
}

pub struct Still;

#[genserver]
impl Still {
    #[cfg(any())]
    #[every("1s")]
    fn tick(&self) {}

    #[cfg(any())]
    #[idle("1s")]
    fn rest(&self) {}

    #[cfg(all())]
    #[hibernate]
    fn shrink(&mut self) {}

    #[cfg(all())]
    #[format_state]
    fn show(&self) -> &'static str {
        "still"
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let names: Vec<_> =
        Clock::TICKS.iter().map(|tick| Clock::HANDLERS[tick.handler].name).collect();
    assert_eq!(names, ["tick", "tock"]);
    assert_eq!(Clock::IDLE_AFTER.unwrap().after, Duration::from_secs(2));
    assert!(!Clock::HIBERNATES && Still::HIBERNATES);
    assert!(Still::TICKS.is_empty() && Still::IDLE_AFTER.is_none());
    assert!(Still::signal(0).is_none() && Clock::signal(0).is_none() && Clock::signal(1).is_some());
    assert!(Clock::start(Clock).await.unwrap().get().await.unwrap());
    Still::start(Still).await.unwrap().sync().await.unwrap();
}
