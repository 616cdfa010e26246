//! What cannot travel may be deep in a type of the user's.

use std::rc::Rc;

use genserver_runtime::prelude::*;

pub struct Line(pub Rc<u8>);
pub struct Order {
    pub line: Option<Line>,
}
pub struct Shop;

#[genserver]
impl Shop {
    #[call]
    pub fn order(&mut self, order: Order) -> bool {
        order.line.is_some()
    }
}

fn main() {}
