//! Guards of what comes by itself are guards like any other.

use genserver_runtime::prelude::*;

pub struct Open;
pub struct Shut;
pub struct Frozen;
pub struct Gone;
pub struct Door;

#[genserver(states(Open: initial, Shut, Frozen, Gone: terminal))]
impl Door {
    #[idle("5s", Opne => Shut)]
    fn shut(&self) {}

    #[every("5s", Gone => Open)]
    fn reopen(&self) {}

    #[every("5s", Shut => Gone)]
    fn rot(&self, _: &Shut) {}

    #[every("5s", Frozen)]
    fn creak(&self) {}

    #[every("5s")]
    fn look(&self, _: &Open) {}

    #[continued(Open => Shut)]
    fn slam(&self, cx: &mut Cx<Self>, st: &Shut, _: u8) -> Next {
        let _ = cx;
        st.stay()
    }
}

fn main() {}
