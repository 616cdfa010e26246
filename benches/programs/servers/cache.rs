//! Keeps values for a while.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use genserver_runtime::prelude::*;

/// Why a value is not kept.
#[derive(Debug)]
pub enum Refused {
    /// There is no more room.
    Full { most: usize },
    /// It is longer than allowed.
    TooLong(usize),
}

/// What is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    pub text: String,
    pub until: Instant,
}

/// The times it was asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub hits: u64,
    pub misses: u64,
}

pub struct Cache {
    kept: HashMap<u64, Kept>,
    most: usize,
    counts: Counts,
}

#[genserver(mailbox = 256, overflow = reject, call_timeout = "2s")]
impl Cache {
    /// A cache of so many values.
    #[init]
    pub fn with_room(most: usize) -> Self {
        Self { kept: HashMap::new(), most, counts: Counts::default() }
    }

    /// The value under a key.
    #[call]
    pub fn get(&mut self, key: u64) -> Option<String> {
        let now = Instant::now();
        let found = self.kept.get(&key).filter(|kept| kept.until > now);
        match found {
            Some(kept) => {
                self.counts.hits += 1;
                Some(kept.text.clone())
            }
            None => {
                self.counts.misses += 1;
                None
            }
        }
    }

    /// How many values there are.
    #[call]
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// How often it was asked.
    #[call]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Keeps a value for some time.
    #[call(timeout = "250ms")]
    pub fn put(&mut self, key: u64, text: String, time: Duration) -> Result<usize, Refused> {
        if text.len() > 4_096 {
            return Err(Refused::TooLong(text.len()));
        }
        if self.kept.len() >= self.most && !self.kept.contains_key(&key) {
            return Err(Refused::Full { most: self.most });
        }
        self.kept.insert(key, Kept { text, until: Instant::now() + time });
        Ok(self.kept.len())
    }

    /// Puts what others have in place of what it has.
    #[call]
    pub async fn fill(&mut self, from: Vec<(u64, String)>, time: Duration) -> Result<usize, Refused> {
        if from.len() > self.most {
            return Err(Refused::Full { most: self.most });
        }
        std::future::ready(()).await;
        let until = Instant::now() + time;
        self.kept = from.into_iter().map(|(key, text)| (key, Kept { text, until })).collect();
        Ok(self.kept.len())
    }

    /// Keeps no value under this key.
    #[cast]
    pub fn forget(&mut self, key: u64) {
        self.kept.remove(&key);
    }

    /// Keeps nothing.
    #[cast]
    pub fn clear(&mut self) {
        self.kept.clear();
    }

    /// Keeps fewer values from now on.
    #[cast]
    pub fn shrink_to(&mut self, most: usize) {
        self.most = most;
        while self.kept.len() > most {
            let Some(key) = self.kept.keys().next().copied() else { return };
            self.kept.remove(&key);
        }
    }

    /// Values that were kept elsewhere.
    #[info]
    fn told(&mut self, (key, kept): (u64, Kept)) {
        self.kept.insert(key, kept);
    }

    #[every("30s")]
    fn sweep(&mut self) {
        let now = Instant::now();
        self.kept.retain(|_, kept| kept.until > now);
    }
}
