//! Const parameters, in arguments, replies and states.
#![deny(warnings)]

use genserver_runtime::prelude::*;

pub struct Ring<const N: usize, const LOUD: bool = false> {
    slots: [u8; N],
}

#[genserver]
impl<const N: usize, const LOUD: bool> Ring<N, LOUD> {
    #[init]
    pub fn new(slots: [u8; N]) -> Self {
        Self { slots }
    }

    #[call]
    pub fn swap(&mut self, slots: [u8; N]) -> [u8; N] {
        std::mem::replace(&mut self.slots, slots)
    }

    #[call]
    pub fn len(&self) -> usize {
        if LOUD { N } else { 0 }
    }

    #[call]
    pub async fn pair(&self) -> Result<[[u8; N]; 2], [u8; N]> {
        if N == 0 { Err(self.slots) } else { Ok([self.slots, self.slots]) }
    }

    #[info]
    fn told(&mut self, slots: [u8; N]) {
        self.slots = slots;
    }
}

pub struct Fixed<const N: usize>;

#[genserver(client = ThreeClient)]
impl Fixed<3> {
    #[call]
    pub fn size(&self) -> usize {
        3
    }
}

pub struct Full<const N: usize>([u8; N]);
pub struct Empty;
pub struct Tank<const N: usize>;

#[genserver(states(Empty: initial, Full<N>: terminal))]
impl<const N: usize> Tank<N> {
    #[call(Empty => Full)]
    pub fn fill(&self, st: &Empty, with: u8) -> Next<usize> {
        st.goto(move |_| Full([with; N])).reply(N)
    }

    #[call(Full)]
    pub fn sum(&self, st: &Full<N>) -> u8 {
        st.0.iter().sum()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let ring = Ring::<2, true>::start([1, 2]).await.unwrap();
    assert_eq!(ring.swap([3, 4]).await.unwrap(), [1, 2]);
    assert_eq!(ring.len().await.unwrap(), 2);
    assert_eq!(ring.pair().await.unwrap(), [[3, 4]; 2]);
    ring.send_info([5, 6]).await.unwrap();
    assert_eq!(ring.swap([0, 0]).await.unwrap(), [5, 6]);
    let quiet: RingClient<1, false> = Ring::start([1]).await.unwrap();
    assert_eq!(quiet.len().await.unwrap(), 0);
    assert_eq!(Fixed::<3>::start(Fixed).await.unwrap().size().await.unwrap(), 3);
    let tank = Tank::<4>::start(Tank, Empty).await.unwrap();
    assert_eq!(tank.fill(2).await.unwrap(), 4);
    assert_eq!(tank.sum().await.unwrap(), 8);
}
