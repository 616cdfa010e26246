//! A server moves from thread to thread, and its state with it.

use std::rc::Rc;

use genserver_runtime::prelude::*;

pub struct Open;
pub struct Closed(pub Rc<u32>);
pub struct Door;

#[genserver(states(Open: initial, Closed: terminal))]
impl Door {
    #[call(Open => Closed)]
    pub fn close(&self, st: &Open) -> Next {
        st.goto(|_| Closed(Rc::new(1)))
    }
}

fn main() {}
