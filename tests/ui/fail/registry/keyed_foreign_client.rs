use genserver_runtime::prelude::*;

struct Cart;

#[genserver]
impl Cart {
    #[call]
    fn get(&self) -> u32 {
        7
    }
}

struct Order;

#[genserver]
impl Order {
    #[call]
    fn get(&self) -> u32 {
        8
    }
}

fn main() {
    let carts: Keyed<u32, CartClient> = Keyed::new(|_: &u32| Order::start(Order));
}
