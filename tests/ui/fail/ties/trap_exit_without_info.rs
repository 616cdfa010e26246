//! Exit signals that come as messages need a handler that takes them.

use genserver_runtime::prelude::*;

pub struct Boss;

#[genserver(trap_exit)]
impl Boss {
    #[call]
    pub fn work(&self) {}
}

pub struct Idler;

#[genserver]
impl Idler {
    #[call]
    pub fn trap(&self, cx: &mut Cx<Self>) {
        cx.trap_exit(true);
    }

    #[call]
    pub fn watch(&self, cx: &mut Cx<Self>, other: BossClient) {
        cx.monitor(&other).keep();
    }

    #[call]
    pub async fn hire(&self, cx: &mut Cx<Self>) -> bool {
        Boss::start(Boss).monitor(cx).await.is_ok()
    }
}

fn main() {}
