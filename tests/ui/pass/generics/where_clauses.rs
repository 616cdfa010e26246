//! Bounds in every place, over associated types and over `Self`.
#![deny(warnings)]

use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::{BuildHasher, Hash, RandomState};

use genserver_runtime::prelude::*;

pub trait Store: Send + Sync + 'static {
    type Key: Clone + Send + 'static;
    type Error: Debug + Send + 'static;
    const NAME: &'static str;
    fn load(&self, key: &Self::Key) -> impl Future<Output = Result<u64, Self::Error>> + Send;
}

pub struct Doubling;

impl Store for Doubling {
    type Key = u64;
    type Error = String;
    const NAME: &'static str = "doubling";
    async fn load(&self, key: &u64) -> Result<u64, String> {
        key.checked_mul(2).ok_or_else(|| "too large".to_owned())
    }
}

pub struct Cache<S: Store, H = RandomState> {
    store: S,
    known: HashMap<S::Key, u64, H>,
}

#[genserver]
impl<S, H> Cache<S, H>
where
    S: Store,
    S::Key: Eq + Hash + Sync,
    <S as Store>::Error: From<&'static str>,
    H: BuildHasher + Default + Send + Sync + 'static,
    Vec<S::Key>: Clone,
    Self: Sized,
{
    #[init]
    pub fn new(store: S) -> Result<Self, S::Error> {
        if S::NAME.is_empty() {
            Err("no name".into())
        } else {
            Ok(Self { store, known: HashMap::default() })
        }
    }

    #[call]
    pub async fn get(&mut self, key: S::Key) -> Result<u64, S::Error> {
        if let Some(known) = self.known.get(&key) {
            return Ok(*known);
        }
        let loaded = self.store.load(&key).await?;
        self.known.insert(key, loaded);
        Ok(loaded)
    }

    #[call]
    pub fn keys(&self) -> Vec<<S as Store>::Key> {
        self.known.keys().cloned().collect()
    }

    #[cast]
    pub fn forget(&mut self, key: S::Key) {
        self.known.remove(&key);
    }

    #[info]
    fn told(&mut self, (key, value): (S::Key, u64)) {
        self.known.insert(key, value);
    }
}

/// A second impl of the same type, with other bounds, is the user's own.
impl<S: Store> Cache<S> {
    pub fn name(&self) -> &'static str {
        S::NAME
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let cache: CacheClient<Doubling, RandomState> = Cache::start(Doubling).await.unwrap();
    assert_eq!(cache.get(21).await.unwrap(), 42);
    assert_eq!(cache.keys().await.unwrap(), [21]);
    cache.forget(21).await.unwrap();
    assert!(cache.get(u64::MAX).await.is_err());
    cache.send_info((1, 1)).await.unwrap();
    assert_eq!(cache.get(1).await.unwrap(), 1);
    let _ = Cache::<Doubling>::name;
}
