//! A parameter that no argument mentions: only a reply, only an error, only the server itself.
#![deny(warnings)]

use std::marker::PhantomData;

use genserver_runtime::prelude::*;

pub struct Maker<T, E, M> {
    make: fn() -> T,
    fail: fn() -> E,
    marker: PhantomData<M>,
}

#[genserver]
impl<T: Send + 'static, E: Send + 'static, M: Send + 'static> Maker<T, E, M> {
    #[call]
    pub fn make(&self) -> T {
        (self.make)()
    }

    #[call]
    pub async fn fail(&mut self) -> Result<(), E> {
        Err((self.fail)())
    }

    #[call]
    pub fn later(&self, reply: ReplyTo<Option<T>>) {
        let _ = reply.reply(None);
    }
}

/// Not a single handler mentions it.
pub struct Silent<T>(T);

#[genserver]
impl<T: Send + 'static> Silent<T> {
    #[call]
    pub fn size(&self) -> usize {
        size_of_val(&self.0)
    }
}

/// No handler at all.
pub struct Mute<T>(pub T);

#[genserver]
impl<T: Send + 'static> Mute<T> {}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let maker = Maker { make: || 1_u8, fail: || "no", marker: PhantomData::<String> };
    let maker = Maker::start(maker).await.unwrap();
    assert_eq!(maker.make().await.unwrap(), 1);
    assert_eq!(maker.fail().await.split().unwrap(), Err("no"));
    assert_eq!(maker.later().await.unwrap(), None);
    assert_eq!(Silent::start(Silent(1_u32)).await.unwrap().size().await.unwrap(), 4);
    assert!(Mute::start(Mute(1)).await.unwrap().is_running());
}
