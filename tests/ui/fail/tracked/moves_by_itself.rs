//! A tracked machine that moves without a call of its owner.

use genserver_runtime::prelude::*;

pub struct Shut;
pub struct Open;
pub struct Gone;
pub struct Wind;
pub struct Door;

#[genserver(states(Shut: initial, Open, Gone: terminal), tracked)]
impl Door {
    #[call(Shut => Open)]
    pub fn open(&self, cx: &mut Cx<Self>) {
        cx.continue_with(3_u8);
    }

    #[cast(Open => Shut)]
    pub fn slam(&self) {}

    #[info(Open => Shut)]
    fn blow(&self, _: Wind) {}

    #[continued(Open => Shut)]
    fn go_on(&self, _: u8) {}

    #[idle("60s", Open => Shut)]
    fn fall(&self) {}

    #[every("60s", Open => Shut)]
    fn swing(&self) {}

    #[call(Open => Gone)]
    pub fn dismantle(&self, st: &Open, reply: ReplyTo<u8>) -> Next {
        let _ = reply.reply(1);
        st.goto(|_| Gone)
    }

    /// Stays.
    #[cast(Open)]
    pub fn creak(&self) {}
}

pub async fn after_an_error() -> Result<(), Box<dyn std::error::Error>> {
    let open = Door::start_tracked(Door, Shut).await?.open().await?;
    open.creak().await?;
    Ok(())
}

fn main() {}
