//! States that are not `Sync`, borrowed in every way by an `async fn`.

use std::cell::Cell;

use genserver_runtime::prelude::*;

pub struct Open(Cell<u32>);
pub struct Ajar(Cell<u32>);
pub struct Closed;
pub struct Door;

#[genserver(states(Wide { Open: initial, Ajar }, Closed: terminal))]
impl Door {
    #[call(Wide => Closed)]
    pub async fn close(&self, st: &Wide) -> Next<u32> {
        std::future::ready(()).await;
        st.goto(|_| Closed).reply(1)
    }

    #[call]
    pub async fn look(&self, st: &DoorState) -> u32 {
        let _ = st;
        1
    }

    #[call(Open => Ajar, Ajar)]
    pub async fn push(&self, st: DoorPushFrom<'_>) -> Result<Next, ()> {
        std::future::ready(()).await;
        match st {
            DoorPushFrom::Open(at) => Ok(at.goto(|open| Ajar(open.0))),
            DoorPushFrom::Ajar(at) => Ok(at.stay()),
        }
    }

    // Neither of these minds.
    #[call(Open)]
    pub fn count(&self, st: &Open) -> u32 {
        st.0.get()
    }

    #[call(Open => Ajar, in_place)]
    pub async fn pull(&self, st: &mut Open) -> Result<Next, ()> {
        std::future::ready(()).await;
        st.0.set(2);
        Ok(st.goto(|open| Ajar(open.0)))
    }
}

fn main() {}
