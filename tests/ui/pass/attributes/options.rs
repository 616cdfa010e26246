//! Every option, in the shapes that it has.
#![deny(warnings)]

use std::time::Duration;

use genserver_runtime::prelude::*;

mod limits {
    use std::time::Duration;

    pub const LONG: Duration = Duration::from_secs(60);
    pub const ROOM: u32 = 8;
}

pub struct Bounded;
pub struct Unbounded;
pub struct Plain;

#[genserver(
    name = "bounded",
    mailbox = limits::ROOM * 2,
    overflow = drop_oldest,
    call_timeout = crate::limits::LONG,
    shutdown = "1m",
    inline = false,
    start = begin,
    client = Bounding,
)]
impl Bounded {
    const SHORT: Duration = Duration::from_millis(100);

    #[call(timeout = "2h", skip_abandoned, inline = true, name = one)]
    pub fn first(&self) -> u8 {
        1
    }

    #[call(timeout = infinity)]
    pub fn second(&self) -> u8 {
        2
    }

    #[call(timeout = Self::SHORT)]
    pub fn third(&self) -> u8 {
        3
    }

    #[cast(unbounded, name = fourth)]
    pub fn cast(&mut self) {}

    #[info]
    fn told(&mut self, _: u8) {}
}

#[genserver(mailbox = unbounded, overflow = wait, call_timeout = infinity, shutdown = infinity)]
impl Unbounded {
    #[call()]
    pub fn get(&self) -> u8 {
        1
    }
}

#[genserver(mailbox = 1, overflow = reject, shutdown = kill, call_timeout = "0s")]
impl Plain {
    #[init()]
    pub fn new() -> Self {
        Self
    }

    #[call(inline = true)]
    pub fn get(&self) -> u8 {
        1
    }

    #[terminate()]
    fn end(&mut self, _: &ExitReason) {}
}

#[genserver(overflow = drop_newest, shutdown = limits::LONG)]
impl Other {
    #[call]
    pub fn get(&self) -> u8 {
        1
    }
}
pub struct Other;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let bounded: Bounding = Bounded::begin(Bounded).await.unwrap();
    assert_eq!(bounded.name().as_deref(), Some("bounded"));
    assert_eq!(bounded.one().await.unwrap(), 1);
    assert_eq!(bounded.second().await.unwrap(), 2);
    assert_eq!(bounded.third().timeout(Duration::from_secs(1)).await.unwrap(), 3);
    bounded.fourth().post().unwrap();
    bounded.send_info(1).await.unwrap();
    assert_eq!(Unbounded::start(Unbounded).await.unwrap().get().await.unwrap(), 1);
    assert_eq!(Plain::start().await.unwrap().get().await.unwrap(), 1);
    assert_eq!(Other::start(Other).await.unwrap().get().await.unwrap(), 1);
}
