//! What the compiler says of a call that the state of a tracked handle does not allow.
//!
//! The traits are here and not in generated code, where `#[diagnostic]` is unknown under
//! `#![no_implicit_prelude]`. Their parameters are types whose names the text is made of.

/// A state in which `Handle` may make the `Call` of a `Machine`. The others have it on the
/// condition, which never holds, that the handle has one of the traits below: `Handle` and not
/// `Self`, because of two traits of one type rustc tells the first.
#[diagnostic::on_unimplemented(
    message = "whether `{Call}` can be called depends on the state, and `{Self}` may be any",
    label = "the state is not known here",
    note = "take the handle of a single state"
)]
pub trait Allows<Call, Machine, Handle> {
    /// What the call gives.
    type After;
}

/// What has all of the traits below: of a trait that nothing has rustc recommends to implement it.
pub enum AnotherState {}

/// It cannot be led to where it could make the call.
#[diagnostic::on_unimplemented(
    message = "`{Call}` cannot be called while the `{M}` is `{State}`",
    label = "not allowed in this state",
    note = "no way leads there from `{State}`"
)]
pub trait NoWay<M, State, Call> {}

impl<M, State, Call> NoWay<M, State, Call> for AnotherState {}

/// One call before.
#[diagnostic::on_unimplemented(
    message = "`{Call}` cannot be called while the `{M}` is `{State}`",
    label = "not allowed in this state",
    note = "from `{State}`: `{A}`, then `{Call}`"
)]
pub trait Way1<M, State, A, Call> {}

impl<M, State, A, Call> Way1<M, State, A, Call> for AnotherState {}

/// Two.
#[diagnostic::on_unimplemented(
    message = "`{Call}` cannot be called while the `{M}` is `{State}`",
    label = "not allowed in this state",
    note = "from `{State}`: `{A}`, then `{B}`, then `{Call}`"
)]
pub trait Way2<M, State, A, B, Call> {}

impl<M, State, A, B, Call> Way2<M, State, A, B, Call> for AnotherState {}

/// Three.
#[diagnostic::on_unimplemented(
    message = "`{Call}` cannot be called while the `{M}` is `{State}`",
    label = "not allowed in this state",
    note = "from `{State}`: `{A}`, then `{B}`, then `{C}`, then `{Call}`"
)]
pub trait Way3<M, State, A, B, C, Call> {}

impl<M, State, A, B, C, Call> Way3<M, State, A, B, C, Call> for AnotherState {}

/// Four.
#[diagnostic::on_unimplemented(
    message = "`{Call}` cannot be called while the `{M}` is `{State}`",
    label = "not allowed in this state",
    note = "from `{State}`: `{A}`, then `{B}`, then `{C}`, then `{D}`, then `{Call}`"
)]
pub trait Way4<M, State, A, B, C, D, Call> {}

impl<M, State, A, B, C, D, Call> Way4<M, State, A, B, C, D, Call> for AnotherState {}

/// More, of which the first are told.
#[diagnostic::on_unimplemented(
    message = "`{Call}` cannot be called while the `{M}` is `{State}`",
    label = "not allowed in this state",
    note = "from `{State}`: `{A}`, then `{B}`, then `{C}`, then `{D}`, and on to `{Call}`"
)]
pub trait WayOn<M, State, A, B, C, D, Call> {}

impl<M, State, A, B, C, D, Call> WayOn<M, State, A, B, C, D, Call> for AnotherState {}
