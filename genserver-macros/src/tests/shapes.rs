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

#[test]
fn a_machine_with_several_methods_for_a_message() {
    let expansion = genserver(
        quote!(states(Empty: initial, Half, Full: terminal)),
        &quote! {
            impl Jar {
                /// Puts a spoonful in.
                #[call(fill: Empty => Half, timeout = "1s")]
                fn begin(&self, st: &Empty, with: u8) -> Next<u8> {
                    st.goto(move |_| Half(with)).reply(1)
                }

                #[call(fill: Half => Full)]
                #[must_use]
                pub async fn end(&mut self, with: u8) -> u8 {
                    with
                }

                #[info(Empty)]
                fn look(&self, tick: Tick) {}

                #[info(Half | Full)]
                fn look_closer(&self, st: JarLookCloserFrom<'_>, tick: Tick) {}
            }
        },
    );
    insta::assert_snapshot!(pretty(&expansion));
}
