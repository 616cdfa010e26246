//! Supervisors: servers that start other servers, and start them again when they end.

mod backoff;
pub(crate) mod child;
mod dynamic;
mod error;
mod family;
mod halt;
mod handle;
mod intensity;
mod leftover;
mod look;
mod make;
mod partition;
pub(crate) mod plan;
mod report;
mod shutdown;
pub(crate) mod spec;
mod start;
#[cfg(test)]
mod tests;
pub(crate) mod tree;

pub use self::backoff::Backoff;
pub use self::child::ChildSpec;
pub use self::dynamic::{DynamicSupervisor, StartDynamicSupervisor};
pub use self::error::{ChildError, ControlError, SupervisorError};
pub use self::handle::Supervisor;
pub use self::look::{ChildCounts, ChildInfo, ChildPhase};
pub use self::make::Started;
pub use self::partition::{PartitionSupervisor, ResizeError, StartPartitions};
pub use self::spec::{AutoShutdown, SpecError, Strategy, WhileRestarting};
pub use self::start::StartSupervisor;
