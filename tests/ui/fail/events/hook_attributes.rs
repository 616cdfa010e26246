//! What stands in the attributes of hooks: states, and nothing else.

use genserver_runtime::prelude::*;

pub struct Calm;
pub struct Ringing;
pub struct Bell;

#[genserver(states(Calm: initial, Ringing))]
impl Bell {
    #[call(Calm => Ringing)]
    pub fn ring(&self) {}

    #[call(Ringing => Calm)]
    pub fn rest(&self) {}

    #[enter]
    fn bare(&self) {}

    #[exit()]
    fn empty(&self) {}

    #[enter = "Calm"]
    fn value(&self) {}

    #[exit("Calm")]
    fn quoted(&self) {}

    #[enter(Calm => Ringing)]
    fn arrow(&self) {}

    #[exit(Calm => Ringing)]
    fn arrow_out(&self) {}

    #[enter(Calm, Ringing)]
    fn comma(&self) {}

    #[exit(Calm, priority = high)]
    fn option(&self) {}

    #[enter(states::Calm)]
    fn path(&self) {}

    #[exit(Calm |)]
    fn bar(&self) {}

    #[transition(Calm)]
    fn state(&self) {}

    #[transition = 5]
    fn number(&self) {}

    #[enter(Calm)]
    #[exit(Calm)]
    fn both(&self) {}

    #[enter(Calm)]
    #[enter(Ringing)]
    fn twice(&self) {}

    #[enter(Calm)]
    const TUNE: u8 = 1;
}

fn main() {}
