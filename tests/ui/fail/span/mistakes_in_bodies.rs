//! Mistakes in the user's code are the user's code's, each once.

use genserver_runtime::prelude::*;

pub struct Open;
pub struct Closed;
pub struct Door {
    name: String,
}

#[genserver(states(Open: initial, Closed: terminal))]
impl Door {
    #[init]
    pub fn new() -> (Self, Open) {
        (Self { name: 5 }, Open)
    }

    #[call]
    pub fn name(&self) -> String {
        self.nme.clone()
    }

    #[call]
    pub fn length(&self) -> usize {
        self.name
    }

    #[call]
    pub async fn moved(&mut self, by: String) -> usize {
        drop(by);
        by.len()
    }

    #[call]
    pub fn borrowed(&self) -> usize {
        self.name.push('a');
        1
    }

    #[call(Open => Closed)]
    pub fn close(&self, st: &Open) -> Next {
        let _ = undefined;
        st.goto(|_| Closed)
    }

    #[cast]
    pub fn cast(&mut self) {
        self.name = "text";
    }
}

fn main() {}
