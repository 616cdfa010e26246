//! What `otherwise = ..` cannot be.

use genserver_runtime::prelude::*;

pub struct Closed;
pub struct Open;
pub struct Counter;

#[genserver(states(Closed: initial, Open), otherwise)]
impl Counter {
    #[call(Closed => Open)]
    pub fn open(&self) {}

    #[call(Open => Closed)]
    pub fn close(&self) {}

    #[call(Open, otherwise = postpon)]
    pub fn similar(&self) {}

    #[call(Open, otherwise = drop)]
    pub fn other(&self) {}

    #[call(Open, otherwise = "error")]
    pub fn text(&self) {}

    #[call(Open, otherwise(error))]
    pub fn call_shape(&self) {}

    #[call(Open, otherwise = postpone())]
    pub fn none(&self) {}

    #[call(Open, otherwise = postpone(Closed, Open))]
    pub fn comma(&self) {}

    #[call(Open, otherwise = postpone(Closed Open))]
    pub fn space(&self) {}

    #[call(Open, otherwise = postpone(Closed |))]
    pub fn bar(&self) {}

    #[call(Open, otherwise = postpone(Closed => Open))]
    pub fn arrow(&self) {}

    #[call(Open, otherwise = postpone("Closed"))]
    pub fn quoted(&self) {}

    #[call(Open, otherwise = postpone(states::Closed))]
    pub fn path(&self) {}

    #[call(Open, otherwise = postpone(Closed: initial))]
    pub fn property(&self) {}

    #[cast(Open, otherwise = ignore(Closed))]
    pub fn ignored(&self) {}

    #[cast(Open, otherwise = ignore, otherwise = error)]
    pub fn twice(&self) {}
}

fn main() {}
