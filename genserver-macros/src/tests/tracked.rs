//! What `tracked` writes beside the rest.

use quote::quote;

use crate::entry::genserver;
use crate::tests::pretty;

/// The part of an expansion that the option adds.
fn added(tracked: &str, plain: &str) -> String {
    let mut plain: Vec<&str> = plain.lines().collect();
    let added = tracked.lines().filter(|line| match plain.iter().position(|other| other == line) {
        Some(at) => {
            plain.remove(at);
            false
        }
        None => true,
    });
    added.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_tracked_machine() {
    let block = quote! {
        impl Door {
            #[init]
            pub fn new(key: u8) -> (Self, Shut) {
                (Self { key }, Shut)
            }

            /// Opens the door.
            #[call(Shut => Open | Broken)]
            pub fn open(&self, st: &Shut, key: u8) -> Result<Next, WrongKey> {
                st.goto(|_| Open)
            }

            #[call(Open => Shut)]
            fn close(&self, st: &Open) -> Next<u32> {
                st.goto(|_| Shut).reply(1)
            }

            #[call(Open)]
            fn enter(&mut self, st: &mut Open) {}
        }
    };
    let states = quote!(states(Shut: initial, Open, Broken: terminal));
    let tracked = pretty(&genserver(quote!(#states, tracked), &block));
    let plain = pretty(&genserver(states, &block));
    insta::assert_snapshot!(added(&tracked, &plain));
}
