//! The server that most of the tests use.

use std::sync::mpsc::Sender;

use genserver_runtime::prelude::*;

use crate::support::{Drops, Gate, Latch, Token, settle};

/// A value, and a count of its drops.
pub struct Cell {
    value: u64,
    _token: Token,
}

#[genserver]
impl Cell {
    #[init]
    pub fn new(drops: Drops) -> Self {
        Self { value: 0, _token: drops.token() }
    }

    #[call]
    pub fn add(&mut self, by: u64) -> u64 {
        self.value += by;
        self.value
    }

    #[cast]
    pub fn bump(&mut self, by: u64) {
        self.value += by;
    }

    /// Not counted against the mailbox's bound.
    #[cast(unbounded)]
    pub fn bump_always(&mut self, by: u64) {
        self.value += by;
    }

    /// Says so where it is handled.
    #[call]
    pub fn mark(&mut self, at: Sender<()>) {
        at.send(()).expect("the test listens");
    }

    #[call]
    pub async fn hold(&mut self, gate: Gate) -> u64 {
        gate.pass().await;
        self.value
    }

    #[cast]
    pub async fn wait(&mut self, gate: Gate) {
        gate.pass().await;
    }

    #[cast(unbounded)]
    pub async fn wait_always(&mut self, gate: Gate) {
        gate.pass().await;
    }

    #[call]
    pub async fn wait_for_one_turn(&mut self) {
        tokio::task::yield_now().await;
    }

    /// Queues something behind itself, then waits.
    #[call]
    pub async fn bump_and_hold(&mut self, cx: &mut Cx<Self>, gate: Gate) {
        let me: CellClient = cx.weak();
        me.bump(1).try_send().expect("there is room");
        gate.pass().await;
    }

    #[call]
    pub fn block(&mut self, latch: Latch) -> u64 {
        latch.block();
        self.value
    }

    #[cast]
    pub fn block_for_nobody(&mut self, latch: Latch) {
        latch.block();
    }

    /// Blocks where it is called, then waits.
    #[call]
    pub async fn block_and_hold(&mut self, latch: Latch, gate: Gate) {
        latch.block();
        gate.pass().await;
    }

    #[call]
    pub fn quit(&mut self, cx: &mut Cx<Self>) {
        cx.stop(ExitReason::Normal);
    }

    #[call]
    pub fn boom(&mut self) {
        panic!("expected: boom");
    }

    #[call]
    pub fn client(&self, cx: &mut Cx<Self>) -> CellClient {
        cx.client()
    }
}

/// A cell, and the count of its drops.
pub async fn cell() -> (CellClient, Drops) {
    let drops = Drops::default();
    (Cell::start(drops.clone()).await.expect("its init cannot fail"), drops)
}

/// Two messages through the queue: after the second one the drain task stays.
pub async fn park(cell: &CellClient) {
    for _ in 0..2 {
        let pending = cell.add(0).send().await.expect("there is room");
        pending.await.expect("it runs");
    }
    settle().await;
}

/// A cell whose drain task is parked.
pub async fn parked() -> (CellClient, Drops) {
    let (cell, drops) = cell().await;
    park(&cell).await;
    (cell, drops)
}
