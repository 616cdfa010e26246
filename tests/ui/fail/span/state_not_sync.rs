//! `&Open` of a state that is not `Sync`, in an `async fn`.

use std::cell::Cell;

use genserver_runtime::prelude::*;

pub struct Open(Cell<u32>);
pub struct Closed;
pub struct Door;

#[genserver(states(Open: initial, Closed: terminal))]
impl Door {
    #[call(Open => Closed)]
    pub async fn close(&self, st: &Open) -> Next<u32> {
        std::future::ready(()).await;
        let was = st.0.get();
        st.goto(|_| Closed).reply(was)
    }
}

fn main() {}
