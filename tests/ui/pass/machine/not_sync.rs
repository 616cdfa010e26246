//! States that are neither `Sync` nor `Clone` nor `Default`.
#![deny(warnings)]

use std::cell::{Cell, RefCell};

use genserver_runtime::prelude::*;

pub struct Gathering {
    seen: RefCell<Vec<u32>>,
    each: Box<dyn FnMut(u32) -> u32 + Send>,
}
pub struct Sorted(Cell<u32>);
pub struct Spilt;
pub struct Heap;

#[genserver(states(Full { Gathering: initial, Sorted }, Spilt: terminal))]
impl Heap {
    #[init]
    pub fn new(each: Box<dyn FnMut(u32) -> u32 + Send>) -> (Self, Gathering) {
        (Self, Gathering { seen: RefCell::default(), each })
    }

    /// What cannot fail may hold it.
    #[call(Gathering)]
    pub async fn add(&mut self, st: &mut Gathering, item: u32) -> usize {
        std::future::ready(()).await;
        let made = (st.each)(item);
        let mut seen = st.seen.borrow_mut();
        seen.push(made);
        seen.len()
    }

    /// What can fail gives up that an `Err` has changed nothing.
    #[call(Gathering => Sorted, in_place)]
    pub async fn sort(&mut self, st: &mut Gathering) -> Result<Next<u32>, &'static str> {
        st.seen.get_mut().sort_unstable();
        std::future::ready(()).await;
        let Some(last) = st.seen.borrow().last().copied() else { return Err("nothing there") };
        Ok(st.goto(move |_| Sorted(Cell::new(last))).reply(last))
    }

    /// An `fn` waits for nothing, so it borrows as it likes.
    #[call(Full)]
    pub fn most(&self, st: &Full) -> Option<u32> {
        match st {
            Full::Gathering(gathering) => gathering.seen.borrow().iter().max().copied(),
            Full::Sorted(sorted) => Some(sorted.0.replace(0)),
        }
    }

    #[call(Sorted => Spilt, Gathering)]
    pub fn spill(&self, st: HeapSpillFrom<'_>) -> Result<Next, &'static str> {
        match st {
            HeapSpillFrom::Sorted(at) => Ok(at.goto(|_| Spilt)),
            HeapSpillFrom::Gathering(_) => Err("it is not sorted"),
        }
    }

    #[call]
    pub fn is_spilt(&self, st: &HeapState) -> bool {
        matches!(st, HeapState::Spilt(_))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut added = 0;
    let each = move |item| {
        added += 1;
        item * 10 + added
    };
    let heap = Heap::start(Box::new(each)).await.unwrap();
    assert_eq!(heap.sort().await, Err(CallError::Reply("nothing there")));
    assert_eq!(heap.add(2).await, Ok(1));
    assert_eq!(heap.add(1).await, Ok(2));
    assert_eq!(heap.most().await, Ok(Some(21)));
    assert_eq!(heap.spill().await, Err(CallError::Reply("it is not sorted")));
    assert_eq!(heap.sort().await, Ok(21));
    assert_eq!((heap.most().await, heap.most().await), (Ok(Some(21)), Ok(Some(0))));
    assert_eq!(heap.spill().await, Ok(()));
    assert_eq!(heap.is_spilt().await, Ok(true));
}
