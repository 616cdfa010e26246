//! What a user of servers imports: `use genserver_runtime::prelude::*;`.
//!
//! Traits come without their names, so that they cannot clash with the user's own.

pub use crate::{
    CallError, Crash, Cx, ExitReason, Init, Next, Registry, ReplyTo, SendError, ServerError,
    StartError, join,
};
#[doc(no_inline)]
pub use crate::{CallResult as _, Client as _, MachineClient as _, State as _};
#[cfg(feature = "macros")]
#[doc(no_inline)]
pub use crate::{call, cast, genserver, info, init, terminate};
