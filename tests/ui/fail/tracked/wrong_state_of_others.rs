//! Calls in the wrong state: of a generic machine, of a state of another module, of an enum of
//! handles, from a generic function.

use genserver_runtime::prelude::*;

mod places {
    pub struct Away;
}

pub struct Empty;
pub struct Full<T> {
    thing: T,
}
pub struct LeftLuggage<T>(std::marker::PhantomData<T>);

#[genserver(states(Empty: initial, Full<T>, places::Away: terminal), tracked)]
impl<T: Clone + Send + Sync + 'static> LeftLuggage<T> {
    #[init]
    pub fn new() -> (Self, Empty) {
        (Self(std::marker::PhantomData), Empty)
    }

    #[call(Empty => Full)]
    pub fn leave(&self, st: &Empty, thing: T) -> Next {
        st.goto(|_| Full { thing })
    }

    #[call(Full => Empty | Away)]
    pub fn fetch(&self, st: &Full<T>, last: bool) -> Next<T> {
        let thing = st.thing.clone();
        if last { st.goto(|_| places::Away).reply(thing) } else { st.goto(|_| Empty).reply(thing) }
    }
}

pub async fn generic(empty: LeftLuggageTracked<u8, Empty>) {
    let (_thing, _after) = empty.fetch(true).await.unwrap();
}

pub async fn of_a_module(away: LeftLuggageTracked<String, places::Away>) {
    let _full = away.leave("hat".to_owned()).await.unwrap();
}

pub async fn branch(full: LeftLuggageTracked<u8, Full<u8>>) {
    let (_thing, after) = full.fetch(false).await.unwrap();
    let _full = after.leave(1).await.unwrap();
}

pub async fn anywhere<S>(somewhere: LeftLuggageTracked<u8, S>) {
    let _full = somewhere.leave(1).await;
}

fn main() {}
