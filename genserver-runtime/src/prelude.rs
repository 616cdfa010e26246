//! What a user of servers imports: `use genserver_runtime::prelude::*;`.
//!
//! Traits come without their names, so that they cannot clash with the user's own.
//!
//! ```
//! use genserver_runtime::prelude::*;
//!
//! struct Client; // no clash: the trait `Client` is here by its methods alone
//! struct Counter(i64);
//!
//! #[genserver]
//! impl Counter {
//!     #[call]
//!     fn get(&self) -> i64 {
//!         self.0
//!     }
//! }
//!
//! # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let counter = Counter::start(Counter(7)).await?;
//! assert_eq!(counter.get().await?, 7);
//! counter.stop().await?; // a method of the trait
//! # Ok(()) }
//! ```

#[cfg(feature = "supervision")]
pub use crate::Supervisor;
pub use crate::{
    CallError, Crash, Cx, Enter, ExitReason, Init, Keyed, Next, Registry, ReplyTo, SendError,
    ServerError, StartError, StateCx, Transition, join,
};
#[doc(no_inline)]
pub use crate::{CallResult as _, Client as _, MachineClient as _, State as _, Tracked as _};
#[cfg(feature = "macros")]
#[doc(no_inline)]
pub use crate::{
    call, cast, code_change, continued, enter, every, exit, format_state, genserver, hibernate,
    idle, info, init, state_timeout, terminate, transition,
};
