//! Supervisors: servers that start other servers, and start them again when they end.

mod backoff;
mod intensity;
mod plan;
mod spec;

pub use self::backoff::Backoff;
pub use self::spec::{AutoShutdown, Restart, SpecError, Strategy};
