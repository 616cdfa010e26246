//! An expression that `macro_rules!` puts into a handler is one operand, as in any other function.
#![deny(warnings)]

use genserver_runtime::prelude::*;

macro_rules! shifter {
    ($start:expr, $twice:expr) => {
        pub struct Shifter(u64);

        #[genserver]
        impl Shifter {
            #[init]
            pub fn new(more: u64) -> Self {
                Self($start + more)
            }

            #[call]
            pub fn product(&self, by: u64) -> u64 {
                $twice * by * self.0
            }
        }
    };
}

shifter!(1 << 3, 1 + 1);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let shifter = Shifter::start(1).await.unwrap();
    assert_eq!(shifter.product(10).await.unwrap(), (2 * 10) * ((1 << 3) + 1));
}
