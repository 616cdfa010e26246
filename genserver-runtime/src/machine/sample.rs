//! Types whose values can be made up for a test.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, Hash};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use crate::machine::Source;

/// A type whose values can be made up: the arguments of calls and casts that
/// [`conformance`](crate::machine::conformance) drives.
///
/// Implemented for the types of the standard library that are made of numbers and text. Implement
/// it for your own: a small set of values that makes a difference to the machine finds more than a
/// large one.
///
/// The parameter is for types of other crates, whose values a type of your own makes:
/// `impl Sample<Mine> for other::Money`, used by
/// [`conformance_with::<Machine, Mine>()`](crate::machine::conformance_with). An implementation for
/// every `By` serves all.
///
/// Stands for a generator of `PropEr`; differs: it belongs to a type.
///
/// ```
/// use genserver_runtime::machine::{Sample, Source};
///
/// #[derive(Debug, PartialEq)]
/// enum Decision {
///     Approve,
///     Reject(String),
/// }
///
/// impl<By> Sample<By> for Decision {
///     fn sample(source: &mut Source) -> Self {
///         match source.below(2) {
///             0 => Self::Approve,
///             _ => Self::Reject(source.sample()),
///         }
///     }
/// }
///
/// let made: Decision = Source::new(1).sample();
/// assert_eq!(made, Source::new(1).sample());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made up for a test",
    label = "`{Self}` is an argument of a call or cast of this machine",
    note = "implement `genserver_runtime::machine::Sample` for `{Self}`: one function that draws a value from a `Source`"
)]
pub trait Sample<By = ()>: Sized {
    /// A value that depends on nothing but the source.
    fn sample(source: &mut Source) -> Self;
}

/// How many items a made-up collection has at most.
const ITEMS_MAX: u64 = 8;

/// Half of the numbers are small, where a difference of one counts; some are the largest and the
/// smallest there are.
macro_rules! sample_numbers {
    ($sign:ident: $($number:ident),*) => {$(
        impl<By> Sample<By> for $number {
            fn sample(source: &mut Source) -> Self {
                let small = |end, source: &mut Source| {
                    Self::try_from(source.below(end)).unwrap_or(Self::MAX)
                };
                match source.below(16) {
                    0..=7 => small(10, source),
                    8..=11 => small(1000, source),
                    12 | 13 => $sign!(small(100, source)),
                    14 => {
                        let mut bytes = [0; size_of::<Self>()];
                        for byte in &mut bytes {
                            [*byte, ..] = source.bits().to_le_bytes();
                        }
                        Self::from_le_bytes(bytes)
                    }
                    _ => source.one_of(&[Self::MIN, Self::MAX]),
                }
            }
        }
    )*};
}

macro_rules! signed {
    ($number:expr) => {
        0 - $number
    };
}

macro_rules! unsigned {
    ($number:expr) => {
        $number
    };
}

sample_numbers!(unsigned: u8, u16, u32, u64, u128, usize);
sample_numbers!(signed: i8, i16, i32, i64, i128, isize);

/// Whole numbers and halves, of both signs; no infinity, and always a number.
fn float(source: &mut Source) -> f32 {
    let halves = u16::try_from(source.below(2000)).unwrap_or(0);
    let sign = if source.below(4) == 0 { -0.5 } else { 0.5 };
    f32::from(halves) * sign
}

impl<By> Sample<By> for f32 {
    fn sample(source: &mut Source) -> Self {
        float(source)
    }
}

impl<By> Sample<By> for f64 {
    fn sample(source: &mut Source) -> Self {
        float(source).into()
    }
}

impl<By> Sample<By> for bool {
    fn sample(source: &mut Source) -> Self {
        source.below(2) == 1
    }
}

impl<By> Sample<By> for char {
    fn sample(source: &mut Source) -> Self {
        source.one_of(&['a', 'b', 'z', 'A', '0', '9', ' ', '-', '\'', '\n', 'ß', 'م', '語', '🜁'])
    }
}

/// Half of the texts are among a few, so that two of them are often the same.
impl<By> Sample<By> for String {
    fn sample(source: &mut Source) -> Self {
        if source.below(2) == 0 {
            return source.one_of(&["", "a", "b"]).to_owned();
        }
        (0..source.below(ITEMS_MAX + 1)).map(|_| <char as Sample<By>>::sample(source)).collect()
    }
}

impl<By> Sample<By> for Arc<str> {
    fn sample(source: &mut Source) -> Self {
        <String as Sample<By>>::sample(source).into()
    }
}

impl<By> Sample<By> for Box<str> {
    fn sample(source: &mut Source) -> Self {
        <String as Sample<By>>::sample(source).into()
    }
}

impl<By> Sample<By> for Duration {
    fn sample(source: &mut Source) -> Self {
        let unit_ms = source.one_of(&[0, 1, 1000, 60_000, 3_600_000, 86_400_000]);
        Self::from_millis(unit_ms * source.below(100))
    }
}

impl<By, T: Sample<By>> Sample<By> for Option<T> {
    fn sample(source: &mut Source) -> Self {
        (source.below(4) > 0).then(|| T::sample(source))
    }
}

impl<By, T: Sample<By>, E: Sample<By>> Sample<By> for Result<T, E> {
    fn sample(source: &mut Source) -> Self {
        if source.below(4) > 0 { Ok(T::sample(source)) } else { Err(E::sample(source)) }
    }
}

impl<By, T: Sample<By>, const N: usize> Sample<By> for [T; N] {
    fn sample(source: &mut Source) -> Self {
        std::array::from_fn(|_| T::sample(source))
    }
}

macro_rules! sample_pointers {
    ($($pointer:ident),*) => {$(
        impl<By, T: Sample<By>> Sample<By> for $pointer<T> {
            fn sample(source: &mut Source) -> Self {
                Self::new(T::sample(source))
            }
        }
    )*};
}

sample_pointers!(Box, Rc, Arc);

/// Made-up items for a collection.
fn items<By, T: Sample<By>, C: FromIterator<T>>(source: &mut Source) -> C {
    (0..source.below(ITEMS_MAX + 1)).map(|_| T::sample(source)).collect()
}

impl<By, T: Sample<By>> Sample<By> for Vec<T> {
    fn sample(source: &mut Source) -> Self {
        items::<By, T, _>(source)
    }
}

impl<By, T: Sample<By>> Sample<By> for VecDeque<T> {
    fn sample(source: &mut Source) -> Self {
        items::<By, T, _>(source)
    }
}

impl<By, T: Sample<By> + Ord> Sample<By> for BTreeSet<T> {
    fn sample(source: &mut Source) -> Self {
        items::<By, T, _>(source)
    }
}

impl<By, T: Sample<By> + Eq + Hash, S: BuildHasher + Default> Sample<By> for HashSet<T, S> {
    fn sample(source: &mut Source) -> Self {
        items::<By, T, _>(source)
    }
}

impl<By, K: Sample<By> + Ord, V: Sample<By>> Sample<By> for BTreeMap<K, V> {
    fn sample(source: &mut Source) -> Self {
        items::<By, (K, V), _>(source)
    }
}

impl<By, K, V, S> Sample<By> for HashMap<K, V, S>
where
    K: Sample<By> + Eq + Hash,
    V: Sample<By>,
    S: BuildHasher + Default,
{
    fn sample(source: &mut Source) -> Self {
        items::<By, (K, V), _>(source)
    }
}

impl<By> Sample<By> for () {
    fn sample(_: &mut Source) -> Self {}
}

macro_rules! sample_tuples {
    ($(($($item:ident),*))*) => {$(
        impl<By, $($item: Sample<By>),*> Sample<By> for ($($item,)*) {
            fn sample(source: &mut Source) -> Self {
                ($($item::sample(source),)*)
            }
        }
    )*};
}

sample_tuples!((A)(A, B)(A, B, C)(A, B, C, D)(A, B, C, D, E)(A, B, C, D, E, F));
