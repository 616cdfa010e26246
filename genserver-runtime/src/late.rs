//! What the larger errors of a call say: a time-out, a deadlock, a refusal by state.

use std::any::TypeId;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use genserver_graph::Graph;

use crate::clock::Human;
use crate::machine::Machine;
use crate::server::{Leaf, Server};

/// A call that got no reply in time, and where it stood.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Slow; #[genserver]
/// # impl Slow {
/// #     #[call] async fn forever(&self) { std::future::pending().await }
/// #     #[call] fn get(&self) -> u32 { 7 }
/// # }
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let slow = Slow::start(Slow).await?;
/// let _busy = slow.forever().no_timeout().send().await?;
/// let ServerError::Timeout(late) = slow.get().await.unwrap_err() else { panic!("it is busy") };
/// assert_eq!((late.server, late.call), ("Slow", "get"));
/// assert_eq!(late.waited.as_secs(), 5);
/// assert!(late.to_string().starts_with("`Slow::get` timed out after 5s, next in the mailbox"));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Late {
    /// The server's type.
    pub server: &'static str,
    /// The call.
    pub call: &'static str,
    /// Where the request stood.
    pub phase: Phase,
    /// What the server was doing, when it was busy with something else.
    pub busy: Option<Busy>,
    /// The time that was allowed.
    pub waited: Duration,
    /// Whether the time was what was left to the handler that made the call.
    pub inherited: bool,
}

/// Where a late request stood.
///
/// ```
/// use genserver_runtime::Phase;
/// # use genserver_runtime::prelude::*; struct Slow; #[genserver]
/// # impl Slow {
/// #     #[call] async fn forever(&self) { std::future::pending().await }
/// #     #[call] fn get(&self) -> u32 { 7 }
/// # }
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let slow = Slow::start(Slow).await?;
/// let late = |error| match error {
///     ServerError::Timeout(late) => late.phase,
///     other => panic!("not late: {other}"),
/// };
/// let running = late(slow.forever().await.unwrap_err());
/// assert!(matches!(running, Phase::Running { handler: "forever", .. }));
/// let queued = late(slow.get().await.unwrap_err()); // its handler goes on
/// assert_eq!(queued, Phase::Queued { ahead: 0 });
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// It waited for room in the mailbox: it was not sent.
    Room,
    /// It lay in the mailbox behind others.
    Queued {
        /// How many messages come before it.
        ahead: u64,
    },
    /// Its handler had begun.
    Running {
        /// The handler.
        handler: &'static str,
        /// For how long it had been running; at the least for a handler that never waits.
        since: Duration,
    },
    /// The machine's state did not accept it, and it was kept for another one: `otherwise = postpone`.
    Postponed,
    /// Its handler had returned and left the reply for later: see [`ReplyTo`](crate::ReplyTo).
    Deferred,
}

/// The handler that kept the server busy.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Slow; #[genserver]
/// # impl Slow {
/// #     #[call] async fn forever(&self) { std::future::pending().await }
/// #     #[call] fn get(&self) -> u32 { 7 }
/// # }
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let slow = Slow::start(Slow).await?;
/// let _busy = slow.forever().no_timeout().send().await?;
/// let ServerError::Timeout(late) = slow.get().await.unwrap_err() else { panic!("it is busy") };
/// assert_eq!(late.busy.expect("it is busy").handler, "forever");
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Busy {
    /// The handler.
    pub handler: &'static str,
    /// For how long it had been running.
    pub since: Duration,
}

impl fmt::Display for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { server, call, phase, busy, waited, inherited } = self;
        write!(f, "`{server}::{call}` timed out after {}", Human(*waited))?;
        if *inherited {
            f.write_str(" (inherited from the calling handler)")?;
        }
        match phase {
            Phase::Room => f.write_str(", waiting for room in the mailbox")?,
            Phase::Queued { ahead: 0 } => f.write_str(", next in the mailbox")?,
            Phase::Queued { ahead: 1 } => f.write_str(", queued behind 1 message")?,
            Phase::Queued { ahead } => write!(f, ", queued behind {ahead} messages")?,
            Phase::Running { since, .. } => {
                write!(f, ", its handler has been running for {}", Human(*since))?;
            }
            Phase::Postponed => f.write_str(", postponed until the state changes")?,
            Phase::Deferred => f.write_str(", its handler has left the reply for later")?,
        }
        match busy {
            Some(Busy { handler, since }) => {
                write!(f, "; `{server}::{handler}` has been running for {}", Human(*since))
            }
            None => Ok(()),
        }
    }
}

/// The circle of calls that a call would have closed.
///
/// OTP refuses the call to oneself; here circles of any length are seen.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Node; #[genserver]
/// # impl Node {
/// #     #[call] fn get(&self) -> u32 { 7 }
/// #     #[call] async fn ask(&self, other: NodeClient) -> Result<u32, ServerError> {
/// #         other.get().await
/// #     }
/// # }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let node = Node::start(Node).name("a").await?;
/// match node.ask(node.weak()).await {
///     Err(CallError::Reply(ServerError::Deadlock(path))) => {
///         assert_eq!(path.servers, [r#"Node "a""#]);
///         assert_eq!(path.to_string(), r#"`get` would wait for itself: Node "a" -> Node "a""#);
///     }
///     other => panic!("it waits for itself: {other:?}"),
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallPath {
    /// The servers, each waiting for the next one, the last one for the first; a server without
    /// a name stands as its type and identity.
    pub servers: Vec<String>,
    /// The call that was refused.
    pub call: &'static str,
    /// Whether the request was taken out of the mailbox before it could run.
    pub withdrawn: bool,
}

impl fmt::Display for CallPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` would wait for itself: ", self.call)?;
        for server in &self.servers {
            write!(f, "{server} -> ")?;
        }
        f.write_str(self.servers.first().map_or("", String::as_str))
    }
}

/// A call that the machine's present state does not allow.
///
/// Nothing changed. Its text says which calls would lead to a state that allows it. Its own types
/// are to be had by [`ServerError::invalid_state`]. Like an event that no clause of a state function
/// takes; differs: the caller is told, and the machine lives.
///
/// [`ServerError::invalid_state`]: crate::ServerError::invalid_state
///
/// ```
/// # use genserver_runtime::prelude::*; struct Lock; struct Open; struct Shut;
/// # #[genserver(states(Open: initial, Shut))] impl Lock {
/// #     #[call(Open => Shut)] fn shut(&self) {}
/// #     #[call(Shut => Open)] fn open(&self) {}
/// # }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let lock = Lock::start(Lock, Open).await?;
/// let ServerError::InvalidState(refused) = lock.open().await.unwrap_err() else { panic!("open") };
/// assert_eq!((refused.call, refused.state), ("open", "Open"));
/// assert_eq!(refused.allowed, ["shut"]);
/// assert_eq!(
///     refused.to_string(),
///     "cannot `open` while Open; allowed: shut; from Open: shut, then open"
/// );
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidState {
    /// The machine's type.
    pub server: &'static str,
    /// The state it was in.
    pub state: &'static str,
    /// The refused message.
    pub call: &'static str,
    /// The guarded calls and casts that this state allows.
    pub allowed: &'static [&'static str],
    pub(crate) chart: Chart,
}

/// What is known of the machine that refused.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chart {
    machine: TypeId,
    graph: Option<&'static Graph<'static>>,
    leaves: &'static [Leaf],
}

impl Chart {
    pub(crate) fn of<S: Server>() -> Self {
        Self { machine: TypeId::of::<S>(), graph: S::MAP, leaves: S::STATES }
    }
}

// The error is shown in many a failed assertion, and the whole graph would hide it.
impl fmt::Debug for Chart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chart").finish_non_exhaustive()
    }
}

impl InvalidState {
    pub(crate) fn typed<M: Machine>(&self) -> Option<(M::StateName, M::MessageName)> {
        if self.chart.machine != TypeId::of::<M>() {
            return None;
        }
        let state = M::StateName::from_str(self.state).ok()?;
        let message = M::MessageName::from_str(self.call).ok()?;
        Some((state, message))
    }

    /// The shortest declared way to this call: what has to happen first, in order, and the call
    /// itself; empty where no way leads there. Looked for when this is asked, not when the call is
    /// refused.
    ///
    /// A step is named as in the machine's [`GRAPH`](crate::Machine::GRAPH), also where it is an
    /// info or comes of time.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*;
    /// # struct Parcel; struct Packed; struct Sent; struct Received;
    /// # #[genserver(states(Packed: initial, Sent, Received: terminal))] impl Parcel {
    /// #     #[call(Packed => Sent)] fn send(&self) {}
    /// #     #[call(Sent => Received)] fn receive(&self) {}
    /// #     #[call(Received)] fn unpack(&self) {}
    /// # }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let parcel = Parcel::start(Parcel, Packed).await?;
    /// match parcel.unpack().await.unwrap_err() {
    ///     ServerError::InvalidState(refused) => {
    ///         assert_eq!(refused.path(), ["send", "receive", "unpack"]);
    ///     }
    ///     other => panic!("it is packed: {other}"),
    /// }
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn path(&self) -> Vec<&'static str> {
        let accepts = |leaf: &Leaf| leaf.allowed.contains(&self.call);
        let accepts =
            |state: &str| self.chart.leaves.iter().any(|leaf| leaf.name == state && accepts(leaf));
        let path = self.chart.graph.and_then(|graph| {
            let edges = graph.shortest_path_to_any(graph.state(self.state)?, |state| {
                accepts(graph.states[state].name)
            })?;
            let steps = edges.into_iter().map(|edge| graph.edges[edge].label);
            Some(steps.chain([self.call]).collect())
        });
        path.unwrap_or_default()
    }
}

impl fmt::Display for InvalidState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot `{}` while {}; allowed: ", self.call, self.state)?;
        if self.allowed.is_empty() {
            f.write_str("nothing")?;
        }
        f.write_str(&self.allowed.join(", "))?;
        match self.path().as_slice() {
            [] => f.write_str("; no way leads there"),
            path => write!(f, "; from {}: {}", self.state, path.join(", then ")),
        }
    }
}
