//! What debugging shows of a server without `#[format_state]`: by `Debug`, where its types have it.

use std::fmt::{self, Debug, Formatter};
use std::marker::PhantomData;

/// Finds out whether a type has `Debug`, where the type is known: `Shown::<T>::__of` is the function
/// below if it has, since an inherent one comes first, and else the one of the trait, which must be
/// in scope.
pub struct Shown<T>(PhantomData<T>);

impl<T: Debug> Shown<T> {
    pub fn __of(value: &T) -> Option<&dyn Debug> {
        Some(value)
    }
}

/// What cannot be shown.
pub trait Unshown<T> {
    fn __of(value: &T) -> Option<&dyn Debug> {
        let _ = value;
        None
    }
}

impl<T> Unshown<T> for Shown<T> {}

/// A server without states.
pub fn show(data: Option<&dyn Debug>, f: &mut Formatter<'_>) -> Option<fmt::Result> {
    data.map(|data| data.fmt(f))
}

/// A machine, as its data and its state; the name of the one that has no `Debug`.
pub fn show_machine(
    (name, data): (&str, Option<&dyn Debug>),
    (leaf, state): (&str, Option<&dyn Debug>),
    f: &mut Formatter<'_>,
) -> Option<fmt::Result> {
    if data.is_none() && state.is_none() {
        return None;
    }
    let (name, leaf) = (format_args!("{name}"), format_args!("{leaf}"));
    let parts = (data.unwrap_or(&name), state.unwrap_or(&leaf));
    Some(parts.fmt(f))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Formatted<F>(F);

    impl<F: Fn(&mut Formatter<'_>) -> Option<fmt::Result>> Debug for Formatted<F> {
        fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
            (self.0)(f).unwrap_or_else(|| f.write_str("nothing"))
        }
    }

    #[derive(Debug)]
    #[allow(dead_code, reason = "read by `Debug`")]
    struct Open {
        since: u8,
    }

    struct Secret;

    fn shown(show: impl Fn(&mut Formatter<'_>) -> Option<fmt::Result>) -> String {
        format!("{:?}", Formatted(show))
    }

    #[test]
    fn a_type_with_debug_is_shown_and_another_is_not() {
        assert_eq!(
            shown(|f| show(Shown::<Open>::__of(&Open { since: 1 }), f)),
            "Open { since: 1 }"
        );
        assert_eq!(shown(|f| show(Shown::<Secret>::__of(&Secret), f)), "nothing");
    }

    #[track_caller]
    fn check(data: Option<&dyn Debug>, state: Option<&dyn Debug>, expected: &str) {
        let text = shown(|f| show_machine(("Door", data), ("Open", state), f));
        assert_eq!(text, expected);
    }

    #[test]
    fn a_machine_is_its_data_and_its_state() {
        let (open, secret) = (Open { since: 1 }, Secret);
        let (debug, none) = (Shown::<Open>::__of(&open), Shown::<Secret>::__of(&secret));
        check(Some(&7), debug, "(7, Open { since: 1 })");
        check(none, debug, "(Door, Open { since: 1 })");
        check(Some(&7), none, "(7, Open)");
        check(none, none, "nothing");
    }
}
