//! Names of states and messages, read back from text, and with the feature `serde` through serde.

#[cfg(feature = "serde")]
use std::fmt::{self, Display};
#[cfg(feature = "serde")]
use std::marker::PhantomData;
#[cfg(feature = "serde")]
use std::str::FromStr;

#[cfg(feature = "serde")]
use serde::de::{self, Deserializer, Visitor};
#[cfg(feature = "serde")]
use serde::ser::Serializer;

/// A text that names no state or message of the machine.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Lock; struct Open; struct Shut;
/// # #[genserver(states(Open: initial, Shut))] impl Lock {
/// #     #[call(Open => Shut)] fn shut(&self) {}
/// #     #[call(Shut => Open)] fn open(&self) {}
/// # }
/// assert_eq!("Shut".parse(), Ok(LockStateName::Shut));
/// let unknown = "Ajar".parse::<LockStateName>().unwrap_err();
/// assert_eq!(unknown.to_string(), "unknown name `Ajar`");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown name `{0}`")]
pub struct UnknownName(String);

impl UnknownName {
    #[doc(hidden)]
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(name.to_owned())
    }
}

/// A name as the string that it is.
#[cfg(feature = "serde")]
#[doc(hidden)]
pub fn serialize_name<T: Display, S: Serializer>(
    name: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(name)
}

/// Reads a name back.
#[cfg(feature = "serde")]
#[doc(hidden)]
pub fn deserialize_name<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: FromStr<Err = UnknownName>,
    D: Deserializer<'de>,
{
    deserializer.deserialize_str(Name(PhantomData))
}

#[cfg(feature = "serde")]
struct Name<T>(PhantomData<T>);

#[cfg(feature = "serde")]
impl<T: FromStr<Err = UnknownName>> Visitor<'_> for Name<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a state or a message")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<T, E> {
        name.parse().map_err(E::custom)
    }
}

/// Has a machine's names written and read by serde.
#[cfg(feature = "serde")]
#[doc(hidden)]
#[macro_export]
macro_rules! __serde_names {
    ($($name:ident)*) => {$(
        #[automatically_derived]
        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::__private::serialize_name(self, serializer)
            }
        }

        #[automatically_derived]
        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::__private::deserialize_name(deserializer)
            }
        }
    )*};
}

/// Nothing reads or writes them.
#[cfg(not(feature = "serde"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __serde_names {
    ($($name:ident)*) => {};
}
