//! Two hooks of one name are rustc's to tell; one of the name of what is generated is ours.

use genserver_runtime::prelude::*;

pub struct Calm;
pub struct Ringing;
pub struct Bell;
pub struct Chime;

#[genserver(states(Calm: initial, Ringing))]
impl Bell {
    #[call(Calm => Ringing)]
    pub fn ring(&self) {}

    #[call(Ringing => Calm)]
    pub fn rest(&self) {}

    #[enter(Calm)]
    fn note(&self) {}

    #[enter(Ringing)]
    fn note(&self) {}
}

#[genserver(states(Calm: initial, Ringing))]
impl Chime {
    #[call(Calm => Ringing)]
    pub fn ring(&self) {}

    #[call(Ringing => Calm)]
    pub fn rest(&self) {}

    #[exit(Calm)]
    fn start(&self) {}
}

fn main() {}
