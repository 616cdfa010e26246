//! What compiles and runs, and what the compiler says of the rest.
//!
//! One case: `cargo test -p tests --test ui -- ui trybuild=name`. After a change of a message,
//! `TRYBUILD=overwrite` writes the `.stderr` files; each is read before it is committed.

/// Clippy does not see the cases; this one it sees here, with all of its pedantry denied.
#[path = "pass/attributes/denied_lints.rs"]
pub mod denied_lints;

#[test]
fn ui_accepts() {
    trybuild::TestCases::new().pass("ui/pass/**/*.rs");
}

#[test]
fn ui_refuses() {
    trybuild::TestCases::new().compile_fail("ui/fail/**/*.rs");
}
