//! Casts to one server, and a call behind them that tells that all arrived in order.

use std::time::{Duration, Instant};

use super::Scenario;
use crate::contender::Contender;
use crate::runtime::spawn;
use crate::work::{PRODUCERS, Sent, expect_from_zero};

/// One producer.
pub struct OneProducer;

impl Scenario for OneProducer {
    const NAME: &'static str = "cast";
    const ORDERED: bool = true;

    async fn run<C: Contender>(operations: u32) -> Duration {
        expect_from_zero();
        let server = C::start().await;
        let begun = Instant::now();
        for number in 0..operations {
            C::cast(&server, Sent { producer: 0, number }).await;
        }
        assert_eq!(C::call(&server).await, u64::from(operations) + 1, "all arrived, in order");
        begun.elapsed()
    }
}

/// Eight producers, each of whose casts stay in order.
pub struct ManyProducers;

impl Scenario for ManyProducers {
    const NAME: &'static str = "cast, 8 producers";
    const ORDERED: bool = true;

    async fn run<C: Contender>(operations: u32) -> Duration {
        expect_from_zero();
        let server = C::start().await;
        let casts = operations.div_ceil(8);
        let begun = Instant::now();
        let producers: Vec<_> = (0..8_u8)
            .map(|producer| {
                let server = server.clone();
                spawn::<C>(async move {
                    for number in 0..casts {
                        C::cast(&server, Sent { producer, number }).await;
                    }
                })
            })
            .collect();
        assert_eq!(producers.len(), PRODUCERS);
        for producer in producers {
            producer.await.expect("no panic");
        }
        assert_eq!(C::call(&server).await, u64::from(casts) * 8 + 1, "all arrived, in order");
        // A few more than asked for.
        begun.elapsed().mul_f64(f64::from(operations) / f64::from(casts * 8))
    }
}
