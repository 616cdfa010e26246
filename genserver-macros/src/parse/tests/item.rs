//! What the attribute stands on.

use super::check;

#[test]
fn it_goes_on_an_inherent_impl_block() {
    #[track_caller]
    fn on(item: &str, at: &str, what: &str) {
        let text = format!(
            "{at}: the `genserver` attribute goes on an `impl` block, not on {what}\n\
             help: write `#[genserver] impl Counter {{ .. }}`"
        );
        check("", item, &[&text]);
    }
    on("pub struct Counter { value: i64 }", "Counter", "a struct");
    on("enum Counter {}", "Counter", "an enum");
    on("union Counter { a: u8 }", "Counter", "a union");
    on("async fn counter() {}", "counter", "a function");
    on("mod counter {}", "counter", "a module");
    on("trait Counter {}", "Counter", "a trait");
    on("type Counter = u8;", "Counter", "a type alias");
    on("const COUNTER: u8 = 0;", "COUNTER", "a constant");
    on("static COUNTER: u8 = 0;", "COUNTER", "a static");
    on("use a::Counter;", "use", "a `use`");
    on("extern crate counter;", "counter", "an `extern crate`");
    on("counter!{}", "counter", "a macro");
    check(
        "",
        "impl Clone for Counter {}",
        &["Clone: the `genserver` attribute goes on a type's own `impl` block\n\
           help: write the handlers in `impl Counter { .. }`"],
    );
}

#[test]
fn a_broken_item_is_the_parsers_own_error() {
    check("", "impl Counter { fn 5() {} }", &["5: expected identifier"]);
}

#[test]
fn a_server_is_a_named_type() {
    for ty in ["[u8]", "&Counter", "(A, B)", "dyn Counter", "Self", "<T as Trait>::Counter"] {
        let text = format!("{ty}: a server is a type of your own with a name");
        check("", &format!("impl {ty} {{}}"), &[&text]);
    }
}

#[test]
fn our_attributes_go_on_methods() {
    check(
        "",
        "impl Counter { #[call] const A: u8 = 0; #[init] type B = u8; #[cast] counter!(); }",
        &[
            "call: the `call` attribute goes on a method",
            "init: the `init` attribute goes on a method",
            "cast: the `cast` attribute goes on a method",
        ],
    );
}

#[test]
fn strip_takes_our_attributes_and_nothing_else() {
    let text = "impl C { #[call(a)] #[cfg(x)] fn a(&self, #[into] #[allow(u)] b: u8) {} #[into] fn c(#[into] d: u8) {} #[genserver_runtime::cast] fn e() {} #[gs::call] fn f() {} #[other::thing] fn h() {} #[init] const G: u8 = 0; }";
    let mut item: syn::ItemImpl = syn::parse_str(text).expect("an impl block");
    crate::parse::strip(&mut item);
    let expected: syn::ItemImpl = syn::parse_str(
        "impl C { #[cfg(x)] fn a(&self, #[allow(u)] b: u8) {} #[into] fn c(#[into] d: u8) {} fn e() {} fn f() {} #[other::thing] fn h() {} const G: u8 = 0; }",
    )
    .expect("an impl block");
    assert_eq!(item, expected);
}
