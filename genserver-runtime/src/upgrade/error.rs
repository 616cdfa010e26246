//! Why a state was not exported, restored or changed.

use std::error::Error as StdError;
use std::sync::Arc;

use crate::error::ServerError;
use crate::exit::Panic;

/// An error of the user's, or of the format that states are kept in.
pub type Cause = Arc<dyn StdError + Send + Sync>;

/// Why a server could not be made from an exported state; nothing was changed.
///
/// ```
/// # use genserver_runtime::prelude::*;
/// # #[derive(serde::Serialize, serde::Deserialize)] struct Counter(i64);
/// # #[genserver(version = 1)]
/// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use genserver_runtime::RestoreError;
///
/// let refused = Counter::restore(*b"a letter").await.unwrap_err();
/// assert!(matches!(refused, StartError::Init(RestoreError::Foreign)));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// The bytes are something else than an exported state.
    #[error("this is not the exported state of a server")]
    Foreign,
    /// The bytes are in a form that this version of the library does not know.
    #[error("the exported state has the format {found}, which is unknown here")]
    Format {
        /// The number of the form.
        found: u8,
    },
    /// The end is missing.
    #[error("the exported state is cut off")]
    CutOff,
    /// The bytes are not those that were exported.
    #[error("the exported state is damaged")]
    Damaged,
    /// The state is newer than the server.
    #[error("the exported state has version {found}, but `{server}` has version {version}")]
    Newer {
        /// The server's type.
        server: &'static str,
        /// The version of the state.
        found: u32,
        /// The version of the server.
        version: u32,
    },
    /// No step leads from the state's version to that of the server.
    #[error("the exported state has version {found}; `{server}` takes versions from {oldest} on")]
    Unsupported {
        /// The server's type.
        server: &'static str,
        /// The version of the state.
        found: u32,
        /// The oldest version that the server can be made from.
        oldest: u32,
    },
    /// What was exported is no state of that version: it is another server's, or the type has
    /// changed without a new version.
    #[error("version {version} of the state, exported by a `{server}`, cannot be read: {cause}")]
    Unreadable {
        /// The type of the server that exported it.
        server: Arc<str>,
        /// The version of the state.
        version: u32,
        /// What was not as it should be.
        cause: Arc<dyn StdError + Send + Sync>,
    },
    /// A `#[code_change]` step returned an error.
    #[error("the step from version {from} failed: {cause}")]
    Step {
        /// The version that it migrates from.
        from: u32,
        /// What it returned.
        cause: Arc<dyn StdError + Send + Sync>,
    },
    /// A `#[code_change]` step panicked, or the `Deserialize` of a state, which is called `restore`
    /// here.
    #[error("{0}")]
    Panic(Panic),
}

/// Why a state was not exported.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The state's `Serialize` failed.
    #[error("the state of `{server}` cannot be written: {cause}")]
    Unwritable {
        /// The server's type.
        server: &'static str,
        /// What it could not write.
        cause: Arc<dyn StdError + Send + Sync>,
    },
    /// The state's `Serialize` panicked; the server runs on.
    #[error("{0}")]
    Panic(Panic),
    /// The server did not answer.
    #[error(transparent)]
    Server(#[from] ServerError),
}

/// Why a live server's state was not changed: it is as it was.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeCodeError {
    /// The server handles messages: [`suspend`](crate::Sys::suspend) it first.
    #[error("the server is not suspended")]
    NotSuspended,
    /// The new state could not be made.
    #[error(transparent)]
    Restore(#[from] RestoreError),
    /// The server did not answer.
    #[error(transparent)]
    Server(#[from] ServerError),
}
