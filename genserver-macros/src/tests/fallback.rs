//! What stands after an error: the user's impl, and all that others could use.

use quote::quote;

use crate::entry::genserver;
use crate::tests::pretty;

#[test]
fn after_an_error_the_signatures_stand() {
    let expansion = genserver(
        quote!(states(Pending: initial, Approved: terminal)),
        &quote! {
            impl Contract {
                #[init]
                pub fn open(limit: u64) -> (Self, Pending) {
                    (Self { limit }, Pending)
                }

                #[call(Pending => Aproved)]
                pub fn approve(
                    &self,
                    st: &Pending,
                    #[into] by: String,
                ) -> Result<Next<u8>, Refusal> {
                    Ok(st.goto(|_| Approved).reply(1))
                }

                #[cast(Pending => Approved)]
                pub fn rename(&self, st: &Pending, name: &str) -> Next {
                    st.stay();
                    st.goto(|_| Approved)
                }
            }
        },
    );
    insta::assert_snapshot!(pretty(&expansion));
}

#[test]
fn a_taken_name_is_not_generated_as_well() {
    let expansion = genserver(
        quote!(),
        &quote! {
            impl Counter {
                #[call]
                pub fn start(&self) {}
            }
        },
    );
    let text = pretty(&expansion);
    assert_eq!(text.matches("fn start(").count(), 2, "the user's and the client's: {text}");
}

#[test]
fn a_method_that_stands_twice_has_one_stub() {
    let expansion = genserver(
        quote!(),
        &quote! {
            impl Counter {
                #[call]
                pub fn get(&self) -> u8 { 0 }
                #[call]
                pub fn get(&self) -> u8 { 1 }
            }
        },
    );
    let text = pretty(&expansion);
    assert_eq!(text.matches("pub fn get(").count(), 3, "the user's two and the client's: {text}");
}

#[test]
fn a_parameter_that_lacks_a_bound_has_it_in_the_stubs() {
    let expansion = genserver(
        quote!(),
        &quote! {
            impl<T: Clone> Cell<T> {
                #[call]
                pub fn get(&self, cx: &mut Cx<Self>) -> T { x }
            }
        },
    );
    let text = pretty(&expansion);
    assert_eq!(text.matches("compile_error").count(), 1, "{text}");
    assert!(!text.contains("impl<T: Clone>"), "{text}");
    assert!(text.contains("impl<T: Clone + ::core::marker::Send + 'static> Cell<T>"), "{text}");
}
