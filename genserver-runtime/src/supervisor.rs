//! Supervisors: servers that start other servers, and start them again when they end.

#[cfg(feature = "supervision")]
mod backoff;
#[cfg(feature = "supervision")]
mod child;
#[cfg(feature = "supervision")]
mod dynamic;
#[cfg(feature = "supervision")]
mod error;
#[cfg(feature = "supervision")]
mod family;
#[cfg(feature = "supervision")]
mod halt;
#[cfg(feature = "supervision")]
mod handle;
#[cfg(feature = "supervision")]
mod intensity;
#[cfg(feature = "supervision")]
mod leftover;
#[cfg(feature = "supervision")]
mod look;
#[cfg(feature = "supervision")]
mod make;
#[cfg(feature = "supervision")]
mod partition;
#[cfg(feature = "supervision")]
mod plan;
#[cfg(feature = "supervision")]
mod report;
#[cfg(feature = "supervision")]
mod shutdown;
mod spec;
#[cfg_attr(not(feature = "supervision"), path = "supervisor/no_spot.rs")]
pub(crate) mod spot;
#[cfg(feature = "supervision")]
mod start;
#[cfg(all(test, feature = "supervision"))]
mod tests;
#[cfg(feature = "supervision")]
pub(crate) mod tree;

pub use self::spec::Restart;
#[cfg(feature = "supervision")]
pub use self::{
    backoff::Backoff,
    child::ChildSpec,
    dynamic::{DynamicSupervisor, StartDynamicSupervisor},
    error::{ChildError, ControlError, SupervisorError},
    handle::Supervisor,
    look::{ChildCounts, ChildInfo, ChildPhase},
    make::Started,
    partition::{PartitionSupervisor, ResizeError, StartPartitions},
    spec::{AutoShutdown, SpecError, Strategy, WhileRestarting},
    start::StartSupervisor,
};
