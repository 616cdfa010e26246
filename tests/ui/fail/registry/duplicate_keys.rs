use genserver_runtime::DuplicateRegistry;
use genserver_runtime::prelude::*;

struct Cart(u32);

#[genserver]
impl Cart {
    #[call]
    fn double(&self, cx: &mut Cx<Self>, carts: DuplicateRegistry<u32, CartClient, u32>) {
        cx.update_value(&carts, &1, |value| value * 2);
    }
}

fn main() {
    let carts: DuplicateRegistry<u32, CartClient> = Registry::duplicate();
    let start = Cart::start(Cart(0)).key(&carts, 1);
    let client = carts.client(1);
}
