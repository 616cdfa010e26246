//! What generated code asserts of the user's types, in the user's words.

use std::marker::PhantomData;

use crate::exit::Crash;

/// What can go into a message, a reply or a state: it goes from task to task.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent to a server",
    label = "not `Send + 'static`",
    note = "arguments, replies and states travel between tasks and threads: they must be `Send` and own what they hold"
)]
pub trait Travels: Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> Travels for T {}

/// Carries the bound.
#[derive(Debug)]
pub struct Argument<T: Travels>(PhantomData<T>);

/// What a cast or an info may return as its error.
#[diagnostic::on_unimplemented(
    message = "a cast cannot return the error `{Self}`",
    label = "not a `Crash`",
    note = "to let the server crash, return `Result<(), Crash>`; `?` converts any error",
    note = "to give the error to the caller, make it a `#[call]`"
)]
pub trait Crashes {}

impl Crashes for Crash {}

/// Carries the bound.
#[derive(Debug)]
pub struct CastError<E: Crashes>(PhantomData<E>);

/// A `Result` under whatever alias.
pub trait IsResult {
    /// The type of success.
    type Ok;
    /// The type of failure.
    type Err;
}

impl<T, E> IsResult for Result<T, E> {
    type Ok = T;
    type Err = E;
}
