//! Whether a key has one owner or many.

mod sealed {
    pub trait Sealed {}
}

/// What the keys of a [`Registry`](crate::Registry) are. Sealed: there are [`UniqueKeys`] and
/// [`DuplicateKeys`].
pub trait Keys: sealed::Sealed + 'static {
    #[doc(hidden)]
    const UNIQUE: bool;
}

/// One owner a key, which the key keeps alive. Like `keys: :unique`.
#[derive(Clone, Copy, Debug)]
pub enum UniqueKeys {}

/// Any number of entries a key, which keep nothing alive. Like `keys: :duplicate`.
#[derive(Clone, Copy, Debug)]
pub enum DuplicateKeys {}

impl sealed::Sealed for UniqueKeys {}
impl sealed::Sealed for DuplicateKeys {}

impl Keys for UniqueKeys {
    const UNIQUE: bool = true;
}

impl Keys for DuplicateKeys {
    const UNIQUE: bool = false;
}
