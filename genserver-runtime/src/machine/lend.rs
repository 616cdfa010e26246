//! States that an `async` handler borrows.

/// A single state that is lent to a handler that may wait.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "an `async` handler cannot borrow `&{Self}`, because `{Self}` is not `Sync`",
    label = "`{Self}` is not `Sync`",
    note = "take `&mut {Self}`, which nobody else can have meanwhile",
    note = "a call that can fail needs `in_place` for that: what it changed before an `Err` is kept"
)]
pub trait Lend: Sized {}

#[diagnostic::do_not_recommend]
impl<T: Sync> Lend for T {}

/// Several states that are lent to a handler that may wait.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "an `async` handler cannot borrow `{Self}`, because it is not `Sync`",
    label = "`{Self}` is not `Sync`",
    note = "make the handler a `fn`, or guard a single state and take it by `&mut`"
)]
pub trait LendAny: Sized {}

#[diagnostic::do_not_recommend]
impl<T: Sync> LendAny for T {}

/// The state, for a handler that may wait.
#[doc(hidden)]
pub fn lend<T: Lend>(state: &T) -> &T {
    state
}

/// As [`lend`], of a group or the state enum.
#[doc(hidden)]
pub fn lend_any<T: LendAny>(state: &T) -> &T {
    state
}
