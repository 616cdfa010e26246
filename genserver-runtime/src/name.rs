//! Names of states and messages, read back from text.

/// A text that names no state or message of the machine.
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
