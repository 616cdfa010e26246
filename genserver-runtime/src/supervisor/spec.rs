//! What a supervisor and its children are told: strategy, restart, automatic shutdown.

use std::fmt;

use crate::options::Restart;

/// Which children are restarted with one that ended: `strategy` of a supervisor.
///
/// Like the `strategy` of `supervisor`'s flags; differs: a child that was stopped by hand stays
/// stopped when its siblings are restarted.
///
/// ```
/// use genserver_runtime::Strategy;
///
/// assert_eq!(Strategy::default(), Strategy::OneForOne);
/// assert_eq!(Strategy::RestForOne.to_string(), "rest_for_one");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Strategy {
    /// That child alone.
    #[default]
    OneForOne,
    /// All: the others are stopped in the reverse of their order, then all are started in it.
    OneForAll,
    /// That child and those after it: these are stopped in the reverse of their order, then all of
    /// them are started in it. Those before it are left alone.
    RestForOne,
}

/// Whether a supervisor ends by itself with its significant children: `auto_shutdown`.
///
/// A significant child counts when it ends by itself and is not restarted: a transient one without
/// a crash, a temporary one in any way. The supervisor then stops its other children, and ends with
/// `Shutdown`. Like `auto_shutdown` of `supervisor`'s flags.
///
/// ```
/// use genserver_runtime::AutoShutdown;
///
/// assert_eq!(AutoShutdown::default(), AutoShutdown::Never);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AutoShutdown {
    /// It does not; no child may be significant.
    #[default]
    Never,
    /// With the first of them.
    AnySignificant,
    /// With the last of them.
    AllSignificant,
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OneForOne => "one_for_one",
            Self::OneForAll => "one_for_all",
            Self::RestForOne => "rest_for_one",
        })
    }
}

impl fmt::Display for AutoShutdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Never => "never",
            Self::AnySignificant => "any_significant",
            Self::AllSignificant => "all_significant",
        })
    }
}

/// What is wrong with what a supervisor or a child was told.
///
/// ```
/// use genserver_runtime::{AutoShutdown, Restart, SpecError};
///
/// let error = SpecError::BadCombination {
///     restart: Restart::Permanent,
///     auto_shutdown: AutoShutdown::AnySignificant,
/// };
/// assert_eq!(
///     error.to_string(),
///     "a significant child cannot be permanent under a supervisor whose auto_shutdown is \
///      any_significant"
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpecError {
    /// The restarts of no time at all cannot be counted.
    #[error("the period of the restart intensity is zero")]
    ZeroPeriod,
    /// Doubled, a delay of zero stays zero.
    #[error("the shortest delay of the back-off is zero")]
    ZeroBackoff,
    /// The shortest delay of the back-off is longer than the longest.
    #[error("the shortest delay of the back-off is longer than its longest")]
    BackoffOrder,
    /// The share that the jitter takes of a delay is none from 0 to 1.
    #[error("the jitter of the back-off is not between 0 and 1")]
    BackoffJitter,
    /// A significant child that is permanent never counts as ended, and one whose supervisor never
    /// ends by itself has nothing to be significant for.
    #[error(
        "a significant child cannot be {restart} under a supervisor whose auto_shutdown is \
         {auto_shutdown}"
    )]
    BadCombination {
        /// The child's.
        restart: Restart,
        /// The supervisor's.
        auto_shutdown: AutoShutdown,
    },
}

/// Whether a child may be significant under its supervisor.
///
/// A permanent one is restarted whatever happens, so that its end could never be the supervisor's.
pub(crate) fn check_significant(
    restart: Restart,
    significant: bool,
    auto_shutdown: AutoShutdown,
) -> Result<(), SpecError> {
    let counts = restart != Restart::Permanent && auto_shutdown != AutoShutdown::Never;
    if significant && !counts {
        return Err(SpecError::BadCombination { restart, auto_shutdown });
    }
    Ok(())
}

/// What becomes of calls and awaited messages that a child's clients make while it is being
/// restarted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhileRestarting {
    /// They wait for the next incarnation, as long as their time-out allows. A handler of a sibling
    /// that the supervisor is about to stop gets `Restarting`: the supervisor waits for its end.
    #[default]
    Wait,
    /// They get [`ServerError::Restarting`](crate::ServerError::Restarting) at once.
    Refuse,
}
