//! What needs a version, of a server that has none.

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver]
impl Counter {}

async fn used(counter: CounterClient) {
    let _ = counter.sys().export_state().await;
    let _ = counter.sys().change_code(Vec::new()).await;
}

fn main() {}
