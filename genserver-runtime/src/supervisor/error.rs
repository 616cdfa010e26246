//! What can go wrong between a supervisor and who asks something of it.

use std::sync::Arc;

use crate::error::{ServerError, StartError};
use crate::id::ServerId;
use crate::supervisor::spec::SpecError;

/// Why a supervisor did not start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SupervisorError {
    /// What was asked for makes no sense.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// Two children have the same id.
    #[error("two children have the id {0:?}")]
    DuplicateChildId(Arc<str>),
    /// A child did not start; those before it were stopped again, the last one first.
    #[error("the child {id:?} did not start: {reason}")]
    Child {
        /// The child's id.
        id: Arc<str>,
        /// Why it did not start.
        reason: Box<str>,
    },
}

/// Why a child was not started.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChildError<E, C> {
    /// Its start failed, or its `init` chose not to start it.
    #[error("{0}")]
    Start(StartError<E, C>),
    /// A child of this id is running already.
    #[error("a child of this id is running already: {0}")]
    AlreadyStarted(ServerId),
    /// A child of this id is known: it is stopped, or being restarted.
    #[error("a child of this id is known already; restart it, or delete it first")]
    AlreadyPresent,
    /// A dynamic supervisor has as many children as it may.
    #[error("the supervisor has {0} children, as many as it may")]
    MaxChildren(usize),
    /// What was asked for makes no sense.
    #[error(transparent)]
    Spec(SpecError),
    /// The start gave a server that cannot be a child: one that has a supervisor, or none at all.
    #[error("{0}")]
    NoChild(Box<str>),
    /// The supervisor did not answer.
    #[error("the supervisor: {0}")]
    Supervisor(#[from] ServerError),
}

/// Why a child was not stopped, restarted, deleted or described.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    /// The supervisor has no such child.
    #[error("there is no such child")]
    NotFound,
    /// The child is running.
    #[error("the child is running")]
    Running,
    /// The child is being restarted.
    #[error("the child is being restarted")]
    Restarting,
    /// The child's start failed; it stays stopped.
    #[error("the child did not start: {0}")]
    Start(Box<str>),
    /// The start of the child gives another type. Where a `restart` says so, the child was started all
    /// the same.
    #[error("the start of the child gives another type")]
    OtherType,
    /// The supervisor did not answer.
    #[error("the supervisor: {0}")]
    Supervisor(ServerError),
}

/// What a supervisor refuses.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("a child of this id is running")]
    AlreadyStarted(ServerId),
    #[error("a child of this id is known")]
    AlreadyPresent,
    #[error("too many children")]
    MaxChildren(usize),
    #[error(transparent)]
    Spec(#[from] SpecError),
    #[error("{0}")]
    Failed(Box<str>),
    #[error("there is no such child")]
    NotFound,
    #[error("the child is running")]
    Running,
    #[error("the child is being restarted")]
    Restarting,
    #[error("the start of the child gives another type")]
    OtherType,
}

impl From<Refusal> for ControlError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Running | Refusal::AlreadyStarted(_) => Self::Running,
            Refusal::Restarting => Self::Restarting,
            Refusal::Failed(reason) => Self::Start(reason),
            Refusal::OtherType => Self::OtherType,
            Refusal::NotFound
            | Refusal::AlreadyPresent
            | Refusal::MaxChildren(_)
            | Refusal::Spec(_) => Self::NotFound,
        }
    }
}
