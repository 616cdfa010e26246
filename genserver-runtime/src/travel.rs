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

/// Zero, where `T` travels: a length that does not compile for other types.
#[must_use]
pub const fn travels<T: Travels>() -> usize {
    0
}

/// `T` under another name. Generated code names an argument's type as
/// `<[(); travels::<T>()] as Carries<T>>::Type`: where the length does not compile, that is the
/// only error, at the user's type, and rustc is silent about everything that mentions it.
pub trait Carries<T> {
    /// `T`.
    type Type;
}

impl<T, const N: usize> Carries<T> for [(); N] {
    type Type = T;
}

/// Carries the bound.
#[derive(Debug)]
pub struct Argument<T: Travels>(PhantomData<T>);

/// What a cast or an info may return.
#[diagnostic::on_unimplemented(
    message = "a cast or an info cannot return `{Self}`",
    label = "not `Result<(), Crash>`",
    note = "to let the server crash, return `Result<(), Crash>`; `?` converts any error",
    note = "to give a value or the error to the caller, make it a `#[call]`"
)]
pub trait Settles {
    /// Whether it is a crash.
    fn settle(self) -> Result<(), Crash>;
}

impl Settles for Result<(), Crash> {
    fn settle(self) -> Self {
        self
    }
}

/// What a cast or an info came to, under whatever alias of `Result`.
pub fn settled<R: Settles>(outcome: R) -> Result<(), Crash> {
    outcome.settle()
}

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

/// What can be given out as a copy.
#[diagnostic::on_unimplemented(
    message = "the state of `{Self}` cannot be given out: it is not `Clone`",
    label = "not `Clone`",
    note = "derive `Clone`, for a state enum with `#[genserver(derive(Clone))]`; or read it as text with `sys().format_state(..)`, which needs `Debug` or a `#[format_state]`"
)]
pub trait Cloned: Sized + Send + 'static {
    /// A copy.
    #[must_use]
    fn cloned(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + 'static> Cloned for T {
    fn cloned(&self) -> Self {
        self.clone()
    }
}
