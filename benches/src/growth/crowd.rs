//! So many of them, alive at once, and an operation done with one after another.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::operation::Operation;

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Always the same one's: what lives beside it matters only where something is searched or swept.
    Same,
    /// Everybody's, in a pseudo-random order: then the memory of each is as cold as their number makes it.
    Any,
}

impl Order {
    pub const ALL: [Self; 2] = [Self::Same, Self::Any];

    /// What it is called in the tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Same => "the same one",
            Self::Any => "any one",
        }
    }
}

pub struct Crowd<O: Operation> {
    all: Vec<O::One>,
    /// Each of them once.
    order: Vec<u32>,
    /// Where in the order the next round begins.
    at: usize,
    operations: u64,
}

impl<O: Operation> Crowd<O> {
    /// Starts them, and does the operation once with each: what is made only for the first time is there.
    pub async fn new(count: u32) -> Self {
        let mut all = Vec::with_capacity(count as usize);
        for _ in 0..count {
            all.push(O::start().await);
        }
        let mut crowd = Self { all, order: shuffled(count), at: 0, operations: 0 };
        crowd.round(Order::Any, count).await;
        crowd
    }

    /// The time that so many operations take.
    pub async fn round(&mut self, order: Order, operations: u32) -> Duration {
        let places = self.places(order, operations);
        let begun = Instant::now();
        let mut reply = 0;
        for place in &places {
            // The place is known when the one before has replied: otherwise a processor looks for the
            // memory of many at once, if what is done with each is short enough.
            let place = *place as usize + usize::from(reply == u64::MAX);
            reply = O::operate(&mut self.all[place]).await;
        }
        if let Some(last) = places.last() {
            O::settle(&self.all[*last as usize]).await;
        }
        let time = begun.elapsed();
        self.operations += u64::from(operations);
        time
    }

    /// The places of a round, in their order: both orders run the same loop over such a list.
    fn places(&mut self, order: Order, operations: u32) -> Vec<u32> {
        let count = operations as usize;
        match order {
            Order::Same => vec![self.order[0]; count],
            Order::Any => {
                let places = self.order.iter().cycle().skip(self.at).take(count);
                self.at = (self.at + count) % self.order.len();
                places.copied().collect()
            }
        }
    }

    /// Asserts that everything was done.
    pub async fn check(&self) {
        let mut done = 0;
        for one in &self.all {
            done += O::done(one).await;
        }
        assert_eq!(done, self.operations, "{}", O::NAME);
    }
}

/// The numbers below `count`, in the same order each time.
fn shuffled(count: u32) -> Vec<u32> {
    let mut order: Vec<u32> = (0..count).collect();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for last in (1..count as usize).rev() {
        // Marsaglia's xorshift.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        #[expect(clippy::cast_possible_truncation, reason = "below `last + 1`")]
        let other = (state % (last as u64 + 1)) as usize;
        order.swap(last, other);
    }
    order
}
