//! What a hook takes and returns.

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

    #[enter(Calm)]
    fn argument(&self, by: u8, cx: &mut Cx<Self>) -> u8 {
        let _ = cx;
        by
    }

    #[enter(Ringing)]
    fn swap(&self, st: &mut Ringing) {
        let _ = st;
    }

    #[enter(Loud)]
    fn other(&self, st: &mut Soft) -> Enter {
        let _ = st;
        Enter::Done
    }

    #[enter(Soft)]
    fn value(&self, st: Soft, t: Transition) {
        let _ = (st, t);
    }

    #[exit(Calm)]
    fn left(&self, st: &Calm, by: u8, cx: &StateCx<Self>) {
        let _ = (st, by, cx);
    }

    #[exit(Ringing)]
    const fn left_for_good() {}

    #[exit(Loud)]
    fn say(self) -> bool {
        true
    }

    #[exit(Soft)]
    fn go_on<T>(&self) -> Next {
        loop {}
    }

    #[transition]
    fn save(&self, a: &Transition, b: &Transition, now: &mut BellState, before: &BellStat) {
        let _ = (a, b, now, before);
    }
}

pub struct Chime;

#[genserver(states(Calm: initial, Loud))]
impl Chime {
    #[call(Calm => Loud)]
    pub fn ring(&self) {}

    #[call(Loud => Calm)]
    pub fn rest(&self) {}

    #[enter(Loud)]
    fn dropped(&self, st: &mut Loud) {
        if true {
            st.goto(|_| Calm);
        }
    }

    #[enter(Calm)]
    fn fails(&self) -> Result<Enter, String> {
        Ok(Enter::Done)
    }

    #[transition]
    async fn save(&self, st: &Loud) -> Result<bool, String> {
        let _ = st;
        Ok(true)
    }
}

pub struct Gong;

#[genserver(states(Calm: initial, Loud))]
impl Gong {
    #[call(Calm => Loud)]
    pub fn ring(&self) {}

    #[call(Loud => Calm)]
    pub fn rest(&self) {}

    #[enter(Loud)]
    fn misspelt(&self, st: &Lod) {
        let _ = st;
    }

    #[transition]
    fn next(&self) -> Result<Next, String> {
        Err(String::new())
    }
}

fn main() {}
