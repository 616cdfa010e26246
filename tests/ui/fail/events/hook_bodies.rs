//! What a hook cannot do is told where it tries to.

use genserver_runtime::prelude::*;

pub struct Calm;
pub struct Ringing;
pub struct Bell;

pub struct Later;

#[genserver(states(Calm: initial, Ringing))]
impl Bell {
    #[call(Calm => Ringing)]
    pub fn ring(&self, cx: &mut Cx<Self>) {
        cx.continue_with(Later);
    }

    #[call(Ringing => Calm)]
    pub fn rest(&self) {}

    #[continued]
    fn later(&mut self, _: Later) {}

    #[enter(Ringing)]
    fn shine(&mut self, cx: &mut StateCx<Self>) {
        cx.continue_with(Later);
    }

    #[exit(Ringing)]
    fn assign(&self, t: &Transition) {
        t.to = "Calm";
    }

    #[enter(Calm)]
    async fn wrong_return(&mut self) -> Enter {
        true
    }
}

fn main() {}
