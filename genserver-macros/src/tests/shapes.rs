//! The shapes of guards: several sources, several methods for a message.

use quote::quote;

use crate::entry::genserver;
use crate::tests::pretty;

#[test]
fn a_machine_with_several_sources() {
    let expansion = genserver(
        quote!(states(Off: initial, Lit { Low, High }, Broken: terminal)),
        &quote! {
            impl Lamp {
                #[call(press: Off => Low, Lit => High | Broken, Broken)]
                pub async fn on_press(&self, st: LampPressFrom<'_>, hard: bool) -> Next<u8> {
                    match st {
                        LampPressFrom::Off(at) => at.goto(|_| Low).reply(1),
                        LampPressFrom::Lit(at) if hard => at.goto(|_| Broken).reply(2),
                        LampPressFrom::Lit(at) => at.goto(|_| High).reply(3),
                        LampPressFrom::Broken(at) => at.stay().reply(4),
                    }
                }
            }
        },
    );
    insta::assert_snapshot!(pretty(&expansion));
}
