//! `set_idle` sets the time of the `#[idle]` handler: there must be one.

use std::time::Duration;

use genserver_runtime::prelude::*;

struct Clock;

#[genserver]
impl Clock {
    #[call]
    fn rest(&self, cx: &mut Cx<Self>) {
        cx.set_idle(Duration::from_secs(5));
    }
}

fn main() {}
