//! Names of states and messages, read back from text.

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
