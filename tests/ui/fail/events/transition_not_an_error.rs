//! A `transition` crashes with an error: what is none is told at its type.

use genserver_runtime::prelude::*;

pub struct Calm;
pub struct Ringing;
pub struct Bell;
pub struct Chime;

/// No `Error`.
pub struct Broken;
pub type AliasResult = std::result::Result<(), Broken>;

#[genserver(states(Calm: initial, Ringing))]
impl Bell {
    #[call(Calm => Ringing)]
    pub fn ring(&self) {}

    #[call(Ringing => Calm)]
    pub fn rest(&self) {}

    #[transition]
    fn save(&self) -> Result<(), Broken> {
        Ok(())
    }
}

#[genserver(states(Calm: initial, Ringing))]
impl Chime {
    #[call(Calm => Ringing)]
    pub fn ring(&self) {}

    #[call(Ringing => Calm)]
    pub fn rest(&self) {}

    #[transition]
    async fn save(&self) -> Result<(), &'static str> {
        Ok(())
    }
}

fn main() {}
