//! A million messages for a disk that is slower than who sends them.
//!
//! The unbounded channel that the loop by hand reads from takes them all at once. The mailbox of a
//! server has room for 1,024: who sends waits, or the server says what becomes of the rest.

use std::error::Error;
use std::time::Duration;

use genserver_runtime::prelude::*;
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::memory::Resident;

const MESSAGES: u64 = 1_000_000;

/// A line of a log.
pub(crate) type Line = [u64; 5];

/// Lines that are written at once, which takes a millisecond.
const BLOCK: usize = 1_000;

/// A disk.
#[derive(Default)]
struct Disk {
    block: Vec<Line>,
    written: u64,
}

impl Disk {
    async fn write(&mut self, line: Line) {
        self.block.push(line);
        self.written += 1;
        if self.block.len() == BLOCK {
            sleep(Duration::from_millis(1)).await;
            self.block.clear();
        }
    }
}

fn lines() -> impl Iterator<Item = Line> {
    (0..MESSAGES).map(|number| [number; 5])
}

/// Writes every line: who sends waits for room.
pub struct Log {
    disk: Disk,
}

#[genserver]
impl Log {
    #[init]
    fn new() -> Self {
        Self { disk: Disk::default() }
    }

    /// Writes a line.
    #[cast]
    async fn write(&mut self, line: Line) {
        self.disk.write(line).await;
    }

    /// How many lines were written.
    #[call]
    fn written(&self) -> u64 {
        self.disk.written
    }
}

/// Writes the latest lines: who sends never waits.
pub struct Tail {
    disk: Disk,
}

#[genserver(overflow = drop_oldest)]
impl Tail {
    #[init]
    fn new() -> Self {
        Self { disk: Disk::default() }
    }

    /// Writes a line, unless more come than can be written.
    #[cast]
    async fn write(&mut self, line: Line) {
        self.disk.write(line).await;
    }

    /// How many lines were written.
    #[call]
    fn written(&self) -> u64 {
        self.disk.written
    }
}

pub(crate) async fn show() -> Result<(), Box<dyn Error>> {
    // First: what the flood by hand leaves to the allocator would hide what these take.
    waiting().await?;
    dropping().await?;
    by_hand().await
}

async fn waiting() -> Result<(), Box<dyn Error>> {
    let log = Log::start().await?;
    let before = Resident::now();
    for line in lines() {
        log.write(line).await?;
    }
    let more = Resident::now().since(before);
    let most = log.sys().get_status()?.mailbox.high_water;
    // No time-out: the disk is slow.
    let written = log.written().timeout(Duration::MAX).await?;
    println!("macro, overflow = wait: {most} in the mailbox at the most, {more}");
    println!("macro, overflow = wait: {written} of {MESSAGES} written");
    Ok(())
}

async fn dropping() -> Result<(), Box<dyn Error>> {
    let tail = Tail::start().await?;
    let before = Resident::now();
    for line in lines() {
        tail.write(line).try_send()?;
    }
    let more = Resident::now().since(before);
    let most = tail.sys().get_status()?.mailbox.high_water;
    let (written, dropped) = (tail.written().await?, tail.counters().dropped);
    println!("macro, overflow = drop_oldest: {most} in the mailbox at the most, {more}");
    println!("macro, overflow = drop_oldest: {written} written, {dropped} dropped and counted");
    Ok(())
}

/// A loop that reads from an unbounded channel, and whoever sends to it.
async fn by_hand() -> Result<(), Box<dyn Error>> {
    let (sender, mut receiver) = mpsc::unbounded_channel::<Line>();
    let before = Resident::now();
    let task = tokio::spawn(async move {
        let mut disk = Disk::default();
        let mut most = 0;
        while let Some(line) = receiver.recv().await {
            most = most.max(receiver.len() + 1);
            disk.write(line).await;
        }
        (disk.written, most)
    });
    for line in lines() {
        // Taken, always.
        sender.send(line)?;
    }
    let more = Resident::now().since(before);
    drop(sender);
    let (written, most) = task.await?;
    println!("by hand: {most} in the channel at the most, {more}");
    println!("by hand: {written} of {MESSAGES} written");
    Ok(())
}
