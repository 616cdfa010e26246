#![doc = include_str!("../README.md")]
#![cfg_attr(feature = "upgrade", doc = include_str!("upgrade.md"))]
// What a server has for those who look after it is not used where nobody does.
#![cfg_attr(not(feature = "supervision"), allow(dead_code))]

#[cfg(all(panic = "abort", not(feature = "panic-abort")))]
compile_error!(
    "genserver-runtime catches the panics of handlers, which `panic = \"abort\"` makes impossible: \
     one handler's panic would end the whole program. Remove the setting, or accept it with the \
     feature `panic-abort`"
);

#[doc(hidden)]
#[path = "private.rs"]
#[allow(missing_docs)]
pub mod __private;
mod absence;
mod address;
mod ahead;
#[cfg(feature = "supervision")]
mod application;
mod asked;
mod batch;
mod blocking;
mod body;
mod call;
mod cast;
mod client;
mod clock;
mod context;
mod core;
mod core_node;
mod dead_letter;
mod debugged;
mod demand;
mod dispatch;
mod drain;
mod end;
mod ending;
mod error;
mod event;
mod exit;
#[allow(missing_docs)]
mod format;
mod frame;
#[doc = include_str!("../docs/state-machines.md")]
pub mod guide {
    #[cfg(feature = "supervision")]
    #[doc = include_str!("../docs/supervision.md")]
    pub mod supervision {}
}
mod handle;
mod home;
mod id;
mod inbox;
mod info;
mod init;
mod inline;
mod item;
mod join;
mod keyed;
mod last;
mod late;
#[cfg(feature = "supervision")]
mod ledger;
mod limit;
mod link;
mod linked;
pub mod machine;
mod monitor;
mod name;
mod named;
mod node;
mod opening;
mod options;
mod orphan;
mod outcome;
mod overflow;
mod owned;
mod parked;
mod passivation;
mod pending;
mod place;
mod post;
pub mod prelude;
mod registry;
mod reply;
mod report;
mod rest;
mod roll;
mod room;
#[cfg(feature = "introspection")]
mod roster;
mod send;
mod server;
mod shown;
mod sleep;
mod slot;
#[cfg_attr(not(feature = "supervision"), path = "no_spot.rs")]
mod spot;
mod start;
mod start_tied;
mod status;
mod stop;
#[cfg(feature = "supervision")]
mod straggler;
#[cfg(feature = "supervision")]
mod supervisor;
mod sweeper;
mod sys;
mod sys_call;
mod sys_state;
mod system;
mod task;
mod tick;
mod tie;
mod timer;
mod timing;
mod tracked;
mod travel;
mod turn;
#[cfg(feature = "upgrade")]
mod upgrade;
mod upkeep;
mod watch;
mod wishes;
mod withdraw;

#[cfg(feature = "supervision")]
pub use crate::application::{Application, Running, Signal, Stopped, Why};
pub use crate::call::Call;
pub use crate::cast::Cast;
pub use crate::client::Client;
pub use crate::context::Cx;
pub use crate::dead_letter::DeadLetter;
pub use crate::error::{
    CallError, CallResult, Executed, NotStarted, SendError, ServerError, StartError,
};
pub use crate::event::{Event, EventKind, Events, Origin};
pub use crate::exit::{Crash, ExitReason, Panic};
pub use crate::id::ServerId;
pub use crate::info::{Receives, Recipient, SendInfo};
pub use crate::init::Init;
pub use crate::join::{Join, join};
pub use crate::keyed::Keyed;
pub use crate::late::{Busy, CallPath, InvalidState, Late, Phase};
pub use crate::link::Exit;
#[doc(inline)]
pub use crate::machine::{
    At, Enter, Machine, MachineClient, Next, State, StateCx, StateDeadline, Transition,
};
pub use crate::monitor::{Down, Monitor, MonitorId, MonitorRef};
pub use crate::name::UnknownName;
pub use crate::node::Counters;
pub use crate::options::{Missed, Overflow, Restart, Shutdown};
pub use crate::pending::Pending;
pub use crate::post::Post;
pub use crate::registry::{
    DuplicateKeys, DuplicateRegistry, KeyGuard, Keys, RegisterError, Registry, RegistryEvent,
    UniqueKeys,
};
pub use crate::reply::ReplyTo;
#[cfg(feature = "introspection")]
pub use crate::roster::{AnyServer, servers};
pub use crate::send::SendCall;
pub use crate::server::Server;
pub use crate::start::Start;
pub use crate::start_tied::StartMonitor;
pub use crate::status::{Activity, Handled, Mailbox, NextTimer, Statistics, Status};
pub use crate::stop::Stop;
#[cfg(feature = "supervision")]
pub use crate::straggler::{Fate, Straggler};
#[cfg(feature = "supervision")]
pub use crate::supervisor::{
    AutoShutdown, Backoff, ChildCounts, ChildError, ChildInfo, ChildPhase, ChildSpec, ControlError,
    DynamicSupervisor, PartitionSupervisor, ResizeError, SpecError, StartDynamicSupervisor,
    StartPartitions, StartSupervisor, Started, Strategy, Supervisor, SupervisorError,
    WhileRestarting,
};
pub use crate::sys::Sys;
pub use crate::sys_call::{FormatError, ReplaceError, SysCall};
pub use crate::task::{StreamEnd, Task, callers};
pub use crate::timer::Timer;
pub use crate::timing::NamedTimer;
pub use crate::tracked::{Refused, StartTracked, Step, Tracked};
#[cfg(feature = "upgrade")]
pub use crate::upgrade::{ChangeCodeError, ExportError, RestoreError, Versioned, VersionedClient};
/// What [`Machine::GRAPH`] is: the declared states and transitions of a machine.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Lock; struct Open; struct Shut;
/// # #[genserver(states(Open: initial, Shut))] impl Lock {
/// #     #[call(Open => Shut)] fn shut(&self) {}
/// #     #[call(Shut => Open)] fn open(&self) {}
/// # }
/// assert_eq!(Lock::GRAPH.edges.len(), 2);
/// assert!(Lock::GRAPH.to_mermaid().contains("Open --> Shut: shut"));
/// ```
///
/// With the feature `svg` there is also `Lock::GRAPH.to_svg()`, a picture. With the feature
/// `diagrams` that picture stands in the docs of the state enum; mermaid text does without it.
pub use genserver_graph::Graph;
/// What stands in [`Machine::GRAPH`] for a transition, and what sets it off.
pub use genserver_graph::{Edge, Trigger};
#[cfg(feature = "macros")]
pub use genserver_macros::{
    call, cast, code_change, continued, enter, every, exit, format_state, genserver, hibernate,
    idle, info, init, state_timeout, terminate, transition,
};

/// Passes code on that a server's `version` asks for.
#[cfg(feature = "upgrade")]
#[doc(hidden)]
#[macro_export]
macro_rules! __upgrade {
    ($($tokens:tt)*) => { $($tokens)* };
}

/// Says what a server's `version` lacks.
#[cfg(not(feature = "upgrade"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __upgrade {
    ($($tokens:tt)*) => {
        ::core::compile_error!(
            "`version` needs the feature `upgrade` of genserver-runtime\n\
             help: write `features = [\"upgrade\"]` at the dependency in Cargo.toml"
        );
    };
}
