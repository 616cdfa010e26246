//! State machines: states, transitions, what their clients can ask, and their tests.

mod at;
mod bench;
mod border;
mod client;
mod conformance;
mod deadline;
mod declaration;
mod drive;
mod explorer;
mod follow;
mod hook;
mod lend;
mod next;
mod probe;
mod report;
mod request;
mod sample;
mod source;
mod state;

use std::fmt;
use std::str::FromStr;

use genserver_graph::Graph;

use crate::server::Server;

pub use self::at::{At, DeclaresFrom, ReachesFrom, beyond, state_at};
pub use self::border::Transition;
pub(crate) use self::border::begin;
pub use self::client::MachineClient;
pub use self::conformance::{Conformance, conformance, conformance_with};
pub use self::deadline::StateDeadline;
#[doc(hidden)]
pub use self::deadline::at;
pub use self::drive::{Driven, Driver, drive};
#[doc(hidden)]
pub use self::follow::follow;
pub use self::hook::{Enter, StateCx};
#[doc(hidden)]
pub use self::hook::{Hooked, hook};
#[doc(hidden)]
pub use self::lend::{Lend, LendAny, lend, lend_any};
pub use self::next::{Next, Via};
pub use self::report::{Mistake, Report, Wrong};
pub use self::request::{Came, Drives, Requested, Requests};
pub use self::sample::Sample;
pub use self::source::Source;
pub use self::state::{Declares, Leaf, Reaches, State, Variant};

/// A server with states. Implemented by the macro only.
///
/// ```
/// use genserver_runtime::Machine;
/// # use genserver_runtime::prelude::*; struct Lock; struct Open; struct Shut;
/// # #[genserver(states(Open: initial, Shut))] impl Lock {
/// #     #[call(Open => Shut)] fn shut(&self) {}
/// #     #[call(Shut => Open)] fn open(&self) {}
/// # }
///
/// fn states<M: Machine>() -> Vec<&'static str> {
///     M::GRAPH.states.iter().map(|state| state.name).collect()
/// }
/// assert_eq!(states::<Lock>(), ["Open", "Shut"]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a machine",
    label = "a server without states",
    note = "declare its states: `#[genserver(states(..))]`"
)]
pub trait Machine: Server {
    /// The names of its states: a field-less enum.
    type StateName: Copy + Eq + fmt::Debug + fmt::Display + FromStr + Send + Sync + 'static;

    /// The names of its calls and casts: a field-less enum.
    type MessageName: Copy + Eq + fmt::Debug + fmt::Display + FromStr + Send + Sync + 'static;

    /// The declared states and transitions.
    const GRAPH: Graph<'static>;
}
