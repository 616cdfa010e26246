//! An option of the server that no message could feel.

use genserver_runtime::prelude::*;

pub struct Closed;
pub struct Open;
pub struct Plain;
pub struct Named;
pub struct Unguarded;
pub struct OnlyCalls;
pub struct OwnWords;

#[genserver(otherwise = postpone)]
impl Plain {
    #[call]
    pub fn get(&self) {}
}

#[genserver(states(Closed: initial, Open), otherwise = postpone(Closed))]
impl Named {
    #[call(Closed => Open)]
    pub fn open(&self) {}

    #[call(Open => Closed)]
    pub fn close(&self) {}
}

#[genserver(states(Closed: initial, Open), otherwise = error)]
impl Unguarded {
    #[call]
    pub fn get(&self) {}

    #[every("5s", Closed => Open)]
    fn open(&self) {}

    #[state_timeout(Open, after = "5s" => Closed)]
    fn close(&self) {}
}

#[genserver(states(Closed: initial, Open), otherwise = ignore)]
impl OnlyCalls {
    #[call(Closed => Open)]
    pub fn open(&self) {}

    #[call(Open => Closed)]
    pub fn close(&self) {}

    #[cast]
    pub fn touch(&self) {}
}

#[genserver(states(Closed: initial, Open), otherwise = postpone)]
impl OwnWords {
    #[call(Closed => Open, otherwise = error)]
    pub fn open(&self) {}

    #[cast(Open => Closed, otherwise = ignore)]
    pub fn close(&self) {}
}

fn main() {}
