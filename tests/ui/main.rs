//! What compiles and runs, and what the compiler says of the rest.
//!
//! One case: `cargo test -p tests --test ui -- ui trybuild=name`. After a change of a message,
//! `TRYBUILD=overwrite` writes the `.stderr` files; each is read before it is committed.

#[test]
fn ui_accepts() {
    trybuild::TestCases::new().pass("ui/pass/**/*.rs");
}

#[test]
fn ui_refuses() {
    trybuild::TestCases::new().compile_fail("ui/fail/**/*.rs");
}
