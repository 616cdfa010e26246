//! A server that lives for one call.

use std::time::{Duration, Instant};

use super::Scenario;
use crate::contender::Contender;

/// Start, call, stop.
pub struct StartCallStop;

impl Scenario for StartCallStop {
    const NAME: &'static str = "start, call, stop";

    async fn run<C: Contender>(operations: u32) -> Duration {
        let begun = Instant::now();
        for _ in 0..operations {
            let server = C::start().await;
            assert_eq!(C::call(&server).await, 1);
            C::stop(server).await;
        }
        begun.elapsed()
    }
}
