//! States with a version, in every shape.
#![deny(missing_docs, unused, unused_qualifications, clippy::pedantic)]
// The shapes are what it is about.
#![allow(clippy::unnecessary_wraps)]

use genserver_runtime::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct CacheV1<T>(Vec<T>);

#[derive(Serialize, Deserialize)]
struct Cache<T, const N: usize> {
    items: Vec<T>,
}

/// Generic, private, with the newest step first, errors of several kinds, and an alias of `Result`.
#[genserver(version = 4)]
impl<T, const N: usize> Cache<T, N>
where
    T: Serialize + DeserializeOwned + Send + 'static,
{
    #[code_change(from = 3)]
    fn v3(old: CacheV1<T>) -> std::io::Result<Self> {
        Ok(Self { items: old.0 })
    }

    #[cfg(all())]
    #[code_change(from = 2)]
    fn v2(CacheV1(items): CacheV1<T>) -> Result<CacheV1<T>, String> {
        if items.len() > N { Err("too many".to_owned()) } else { Ok(CacheV1(items)) }
    }

    #[cfg(any())]
    #[code_change(from = 1)]
    fn v1(old: Missing) -> Missing {
        old
    }

    #[cfg(all())]
    #[code_change(from = 1)]
    fn v1(mut old: Vec<T>) -> Result<CacheV1<T>, Box<dyn std::error::Error + Send + Sync>> {
        old.truncate(N);
        Ok(CacheV1(old))
    }

    #[call]
    fn len(&self) -> usize {
        self.items.len()
    }
}

mod inner {
    use super::{Deserialize, Serialize, genserver};

    #[derive(Serialize, Deserialize)]
    struct Secret;

    /// A client that is seen more widely than its server.
    #[genserver(version = 1, vis = pub, client = Shown)]
    impl Secret {
        #[call]
        pub fn get(&self) -> u8 {
            7
        }
    }

    pub async fn shown() -> Shown {
        Secret::start(Secret).await.unwrap()
    }

    pub async fn check(shown: Shown) {
        assert_eq!(shown.get().await.unwrap(), 7);
    }
}

#[derive(Serialize, Deserialize)]
struct Free;
#[derive(Serialize, Deserialize)]
struct Taken<T>(T);
#[derive(Serialize, Deserialize)]
struct Seat {
    row: u8,
}

/// A generic machine with a group.
#[genserver(
    version = 1,
    states(Place { Free: initial, Taken<T> }),
    derive(serde::Serialize, serde::Deserialize)
)]
impl<T: Serialize + DeserializeOwned + Send + 'static> Theatre<T> {
    #[call(Free => Taken)]
    fn take(&self, st: &Free, by: T) -> Next<u8> {
        st.goto(|_| Taken(by)).reply(self.seat.row)
    }

    #[call(Taken => Free)]
    fn leave(&self) {}
}

#[derive(Serialize, Deserialize)]
struct Theatre<T> {
    seat: Seat,
    last: Option<T>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let cache = Cache::<u8, 3>::start(Cache { items: vec![1, 2] }).await.unwrap();
    let bytes = cache.sys().export_state().await.unwrap();
    let restored = Cache::<u8, 3>::restore(bytes).name("cache").await.unwrap();
    assert_eq!(restored.len().await.unwrap(), 2);

    let shown = inner::shown().await;
    let bytes = shown.sys().export_state().await.unwrap();
    shown.sys().suspend().await.unwrap();
    shown.sys().change_code(bytes).await.unwrap();
    shown.sys().resume().await.unwrap();
    inner::check(shown).await;

    let theatre = Theatre { seat: Seat { row: 5 }, last: Some("ann".to_owned()) };
    let theatre = Theatre::start(theatre, Free).await.unwrap();
    assert_eq!(theatre.take("bob".to_owned()).await.unwrap(), 5);
    let bytes = theatre.sys().export_state().await.unwrap();
    let restored = Theatre::<String>::restore(bytes).await.unwrap();
    assert_eq!(restored.state().await.unwrap(), TheatreStateName::Taken);
}
