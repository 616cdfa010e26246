//! Whose border is crossed, and by one method a kind.

use genserver_runtime::prelude::*;

pub struct Calm;
pub struct Loud;
pub struct Soft;
pub struct Bell;

#[genserver(states(Calm: initial, Ringing { Loud, Soft }))]
impl Bell {
    #[call(Calm => Ringing)]
    pub fn ring(&self, st: &Calm) -> Next {
        st.goto(|_| Soft)
    }

    #[call(Ringing => Calm)]
    pub fn rest(&self) {}

    #[enter(Rining)]
    fn similar(&self) {}

    #[exit(Elsewhere)]
    fn unknown(&self) {}

    #[enter(Loud | Loud)]
    fn named_twice(&self) {}

    #[exit(Ringing | Soft)]
    fn inside(&self) {}

    #[enter(Calm)]
    fn first(&self) {}

    #[enter(Soft | Calm)]
    fn second(&self) {}

    #[enter(Calm)]
    fn third(&self) {}

    #[cfg(all())]
    #[exit(Calm)]
    fn once(&self) {}

    #[cfg(any())]
    #[exit(Calm)]
    fn otherwise(&self) {}

    #[exit(Calm)]
    fn always(&self) {}

    #[transition]
    fn save(&self) {}

    #[transition]
    fn save_again(&self) {}
}

fn main() {}
