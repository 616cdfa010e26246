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
    fn enter(&self, cx: &mut Cx<Self>, carts: Registry<u32, CartClient>) -> bool {
        cx.register(&carts, 1, ()).is_ok()
    }
}

fn main() {}
