//! What the compiler says of what does not compile. What compiles and runs is the package `accepted`,
//! in `pass`: trybuild builds such cases one after the other, each of them twice.
//!
//! One case: `cargo test -p tests --test ui -- ui trybuild=name`. After a change of a message,
//! `TRYBUILD=overwrite` writes the `.stderr` files; each is read before it is committed.

#[test]
fn ui_refuses() {
    trybuild::TestCases::new().compile_fail("ui/fail/**/*.rs");
}
