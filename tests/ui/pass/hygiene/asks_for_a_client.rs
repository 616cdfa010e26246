// Types that ask for a `Client` to be written at all, in the messages of the very servers whose
// clients they take.

use genserver_runtime::Client;
use genserver_runtime::prelude::*;

pub struct Held<C: Client>(pub C);

pub struct Order {
    pub from: Held<ShopClient>,
}

pub struct Shop;

#[genserver]
impl Shop {
    #[init]
    pub fn new() -> Self {
        Self
    }

    #[call]
    pub fn own(&mut self, held: Held<ShopClient>) -> Option<Held<ShopClient>> {
        Some(held)
    }

    #[call]
    pub fn other(&mut self, _held: Vec<Held<DepotClient>>) -> Order {
        unreachable!()
    }
}

pub struct Full {
    pub last: Option<Held<DepotClient>>,
}
pub struct Empty;
pub struct Depot;

#[genserver(states(Empty: initial, Full))]
impl Depot {
    #[call(Empty => Full)]
    pub fn fill(&self, st: &Empty, _from: Held<ShopClient>) -> Next {
        st.goto(|_| Full { last: None })
    }

    #[call(Full => Empty)]
    pub fn clear(&self, st: &Full) -> Next<Option<Held<DepotClient>>> {
        st.goto(|_| Empty).reply(None)
    }
}

fn main() {}
