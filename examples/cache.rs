//! A cache that goes to sleep: after a minute without a message it gives its memory back, and the next
//! message finds everything that was in it. Then the same for ten thousand caches, measured.
//!
//! The clock of this program is paused: it jumps from timer to timer, so that a minute takes no time.

use std::collections::HashMap;
use std::time::Duration;

use genserver_runtime::{Activity, prelude::*};

/// Something that is expensive to fetch.
type Block = [u8; 1024];

/// Blocks by key.
pub struct Cache {
    name: Option<String>,
    blocks: HashMap<u64, Block>,
}

#[genserver]
impl Cache {
    /// An empty cache with room for so many blocks; it speaks if it has a name.
    #[init]
    pub fn new(name: Option<String>, room: usize) -> Self {
        Self { name, blocks: HashMap::with_capacity(room) }
    }

    /// Puts a block in.
    #[cast]
    pub fn put(&mut self, key: u64, block: Box<Block>) {
        self.blocks.insert(key, *block);
    }

    /// Takes a block out.
    #[cast]
    pub fn forget(&mut self, key: u64) {
        self.blocks.remove(&key);
    }

    /// A block, if it is there.
    #[call]
    pub fn get(&self, key: u64) -> Option<Block> {
        self.blocks.get(&key).copied()
    }

    #[idle("60s")]
    fn rest(&mut self, cx: &mut Cx<Self>) {
        if let Some(name) = &self.name {
            println!("{name} is idle: it hibernates");
        }
        cx.hibernate();
    }

    #[hibernate]
    fn give_back(&mut self) {
        self.blocks.shrink_to_fit();
    }
}

async fn first(cache: &CacheClient) -> Result<Option<u8>, ServerError> {
    Ok(cache.get(1).await?.map(|block| block[0]))
}

fn activity(cache: &CacheClient) -> Result<Activity, ServerError> {
    Ok(cache.sys().get_status()?.activity)
}

async fn one() -> Result<(), Box<dyn std::error::Error>> {
    let cache = Cache::start(Some("cache".to_owned()), 8).await?;
    cache.put(1, Box::new([7; 1024])).await?;
    tokio::time::sleep(Duration::from_secs(59)).await;
    println!("get -> {:?}", first(&cache).await?); // a minute begins anew
    tokio::time::sleep(Duration::from_secs(59)).await;
    println!("after 59s: {:?}", activity(&cache)?);
    tokio::time::sleep(Duration::from_secs(2)).await;
    println!("after 61s: {:?}", activity(&cache)?);
    println!("get -> {:?}", first(&cache).await?);
    println!("after the call: {:?}", activity(&cache)?);
    Ok(())
}

/// How many caches are measured.
const CACHES: usize = 10_000;
/// How many blocks each makes room for.
const ROOM: usize = 128;
/// How many blocks each had once, of which it keeps one.
const BLOCKS: u64 = 4;

async fn many() -> Result<(), Box<dyn std::error::Error>> {
    let mut caches = Vec::with_capacity(CACHES);
    say("before");
    for _ in 0..CACHES {
        let cache = Cache::start(None, ROOM).await?;
        for key in 0..BLOCKS {
            cache.put(key, Box::new([1; 1024])).await?;
        }
        for key in 1..BLOCKS {
            cache.forget(key).await?;
        }
        cache.get(0).await?;
        caches.push(cache);
    }
    say("idle");
    tokio::time::sleep(Duration::from_secs(61)).await;
    say("hibernated");
    let mut found = 0;
    for cache in &caches {
        found += usize::from(cache.get(0).await?.is_some());
        cache.put(1, Box::new([1; 1024])).await?;
        cache.sync().await?;
    }
    say("awake again");
    println!("{found} caches have kept their block");
    Ok(())
}

/// The resident memory of this process, where the system tells it.
fn say(when: &str) {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    match statm.split_ascii_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok()) {
        Some(pages) => println!("{when}: {} KiB resident", pages * 4),
        None => println!("{when}: this system does not tell"),
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    one().await?;
    println!("-- {CACHES} caches --");
    many().await
}
