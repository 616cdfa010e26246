//! Servers that come and go.

use std::time::Duration;

use genserver_runtime::DynamicSupervisor;
use genserver_runtime::prelude::*;

use crate::messages::{self, Counter};

pub async fn start_call_stop(times: u64) {
    for _ in 0..times {
        let counter = messages::start().await;
        assert_eq!(counter.add(1).await, Ok(1));
        counter.stop().await.expect("it stops");
    }
}

/// A child that is started, called and stopped.
pub async fn child(times: u64) {
    let supervisor = DynamicSupervisor::new().await.expect("it starts");
    for _ in 0..times {
        let child = supervisor.start_child(|| Counter::start(Counter::default()));
        let child = child.await.expect("it starts");
        assert_eq!(child.add(1).await, Ok(1));
        supervisor.terminate_child(&child).await.expect("it is there");
    }
}

/// From the failure to the successor's reply.
pub async fn restart(times: u64) {
    // More restarts than fit into so short a period: the limit is counted, and never reached.
    let supervisor = Supervisor::one_for_one().intensity(u32::MAX, Duration::from_millis(1));
    let supervisor = supervisor.await.expect("it starts");
    let child = supervisor.start_child("child", || Counter::start(Counter::default()));
    let child = child.await.expect("it starts");
    for _ in 0..times {
        child.fail().await.expect("it replies first");
        assert_eq!(child.add(1).await, Ok(1), "a new one");
    }
}
