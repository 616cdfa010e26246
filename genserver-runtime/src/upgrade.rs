//! States with a version: exported, restored by a newer program, changed in a live server.

mod error;
mod header;
mod stored;

use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

pub use self::error::{ChangeCodeError, ExportError, RestoreError};
pub use self::stored::{
    Fails, Form, Keeps, Restores, Stored, Yields, fails, form, form_machine, stored, yields,
};

use crate::address::downcast;
use crate::body::Body;
use crate::client::Client;
use crate::context::Cx;
use crate::core::Core;
use crate::exit::Panic;
use crate::inbox::Mode;
use crate::init::Init;
use crate::node::Node;
use crate::reply::ReplyTo;
use crate::report;
use crate::server::{Begin, Server};
use crate::start::Start;
use crate::sys::Sys;
use crate::sys_call::SysCall;
use crate::sys_state::ONE_TYPE;
use crate::system::Turn;
use crate::upgrade::header::Kept;

/// A server whose state has a version: `version = ..` of `#[genserver]`. Implemented by the macro
/// only.
///
/// ```
/// # use genserver_runtime::prelude::*;
/// # #[derive(serde::Serialize, serde::Deserialize)] struct Counter(i64);
/// # #[genserver(version = 1)]
/// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
/// use genserver_runtime::Versioned;
///
/// assert_eq!(Counter::VERSION, 1);
/// ```
#[diagnostic::on_unimplemented(
    message = "the state of `{Self}` has no version",
    label = "no version",
    note = "write `#[genserver(version = 1)]`"
)]
pub trait Versioned: Server {
    /// The version of its state.
    const VERSION: u32;

    /// The versions that it can be made from, the oldest first.
    #[doc(hidden)]
    const VERSIONS: &'static [u32];

    #[doc(hidden)]
    fn form() -> Form<Self>;

    #[doc(hidden)]
    fn migrate(stored: &Stored<'_>) -> Result<(Self, Self::State), RestoreError>;
}

/// The client of a server whose state has a version. Implemented by the macro only.
///
/// ```
/// # use genserver_runtime::prelude::*;
/// # #[derive(serde::Serialize, serde::Deserialize)] struct Counter(i64);
/// # #[genserver(version = 1)]
/// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
/// use genserver_runtime::{ExportError, VersionedClient};
///
/// async fn backup<C: VersionedClient>(servers: &[C]) -> Result<Vec<Vec<u8>>, ExportError> {
///     let mut states = Vec::new();
///     for server in servers {
///         states.push(server.sys().export_state().await?);
///     }
///     Ok(states)
/// }
///
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let counters = [Counter::start(Counter(1)).await?, Counter::start(Counter(2)).await?];
/// let states = backup(&counters).await?;
/// assert_eq!(Counter::restore(&states[1][..]).await?.increment().await?, 3);
/// # Ok(()) }
/// ```
#[diagnostic::on_unimplemented(
    message = "the server of `{Self}` has no version",
    label = "its state cannot be exported or changed",
    note = "write `#[genserver(version = 1)]`, and derive `serde::Serialize` and `serde::Deserialize` for the server"
)]
pub trait VersionedClient: Client {
    #[doc(hidden)]
    fn __upgrade(asked: Upgrade);
}

/// What was asked of a server whose type its client knows.
#[doc(hidden)]
pub struct Upgrade {
    node: Arc<dyn Node>,
    asked: Asked,
}

enum Asked {
    Export(ReplyTo<Result<Vec<u8>, ExportError>>),
    Change(Vec<u8>, ReplyTo<Result<(), ChangeCodeError>>),
}

impl Upgrade {
    pub fn run<S: Versioned>(self) {
        let core = downcast::<S>(self.node).expect(ONE_TYPE);
        match self.asked {
            Asked::Export(reply) => {
                let slot = reply.share();
                let run = move |_: &Arc<Core<S>>, body: &mut Body<S>| {
                    drop(reply.reply(export(body)));
                };
                core.act(Turn::Queued, slot, run);
            }
            Asked::Change(bytes, reply) => {
                let slot = reply.share();
                let run = move |core: &Arc<Core<S>>, body: &mut Body<S>| {
                    let changed = change(core, body, &bytes);
                    let (old, outcome) = match changed {
                        Ok(old) => (Some(old), Ok(())),
                        Err(error) => (None, Err(error)),
                    };
                    drop(reply.reply(outcome));
                    drop_old::<S>(old);
                };
                core.act(Turn::Queued, slot, run);
            }
        }
    }
}

impl fmt::Debug for Upgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upgrade").field("server", &self.node.kind()).finish_non_exhaustive()
    }
}

fn export<S: Versioned>(body: &Body<S>) -> Result<Vec<u8>, ExportError> {
    let payload = catch_unwind(AssertUnwindSafe(|| (S::form().write)(body)))
        .map_err(|payload| ExportError::Panic(Panic::new("export_state", &*payload)))?
        .map_err(|cause| ExportError::Unwritable { server: S::NAME, cause })?;
    Ok(header::write(&Kept { version: S::VERSION, server: S::NAME, payload: &payload }))
}

type Parts<S> = (S, Option<<S as Server>::State>);

/// Puts the state that the bytes hold in the place of the server's, which is given back.
fn change<S: Versioned>(
    core: &Core<S>,
    body: &mut Body<S>,
    bytes: &[u8],
) -> Result<Parts<S>, ChangeCodeError> {
    if !core.lock().mode.is(Mode::SUSPENDED) {
        return Err(ChangeCodeError::NotSuspended);
    }
    let (server, state) = made::<S>(bytes)?;
    let from = body.state.as_ref().map_or(0, S::state_index);
    let old = (mem::replace(&mut body.server, server), body.state.replace(state));
    body.crossed(from, None);
    core.note_state(body);
    Ok(old)
}

/// The user's `Drop` may panic: the new state stands all the same.
fn drop_old<S: Server>(old: Option<Parts<S>>) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(old))) {
        report::panic_in_drop(S::NAME, "drop", &*payload);
    }
}

/// The state of the newest version that the bytes lead to.
fn made<S: Versioned>(bytes: &[u8]) -> Result<(S, S::State), RestoreError> {
    let kept = header::read(bytes)?;
    if kept.version > S::VERSION {
        let (server, version) = (S::NAME, S::VERSION);
        return Err(RestoreError::Newer { server, found: kept.version, version });
    }
    S::migrate(&Stored::new(&kept))
}

/// The argument of a start from an exported state.
#[doc(hidden)]
#[derive(Debug)]
pub struct Exported(Vec<u8>);

#[doc(hidden)]
pub fn restore<S: Versioned, C>(bytes: impl Into<Vec<u8>>) -> Start<S, C, Exported, RestoreError> {
    Start::new(Exported(bytes.into()))
}

impl<S: Versioned> Begin<Exported, RestoreError> for S {
    const ASYNC: bool = false;

    async fn begin(_: &mut Cx<S>, exported: Exported) -> Init<(S, S::State), RestoreError> {
        Init::from(made::<S>(&exported.0))
    }
}

impl<C: Client> Sys<C> {
    /// The server's data and its state, with their version, as bytes: for
    /// [`change_code`](Sys::change_code), or for the `restore` of this server or of a newer one. In
    /// order with what this sender sent before; at once while suspended.
    ///
    /// Messages and timers are no part of it. The form is MessagePack with named fields, so that a
    /// field with `#[serde(default)]` may come without a new version.
    ///
    /// # Errors
    ///
    /// [`ExportError::Unwritable`] when `Serialize` fails, and the errors of
    /// [`suspend`](Sys::suspend). Of a server without a version it does not compile.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*;
    /// #[derive(serde::Serialize, serde::Deserialize)]
    /// struct CounterV1 { value: i64 }
    ///
    /// #[derive(serde::Serialize, serde::Deserialize)]
    /// struct Counter { value: i64, step: i64 }
    ///
    /// #[genserver(version = 2)]
    /// impl Counter {
    ///     #[code_change(from = 1)]
    ///     fn v1(old: CounterV1) -> Self {
    ///         Self { value: old.value, step: 1 }
    ///     }
    ///
    ///     #[call]
    ///     fn increment(&mut self) -> i64 {
    ///         self.value += self.step;
    ///         self.value
    ///     }
    /// }
    ///
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let counter = Counter::start(Counter { value: 40, step: 2 }).await?;
    /// let bytes = counter.sys().export_state().await?;
    /// let restored = Counter::restore(bytes).await?;
    /// assert_eq!(restored.increment().await?, 42);
    /// # Ok(()) }
    /// ```
    pub fn export_state(&self) -> SysCall<Vec<u8>, ExportError>
    where
        C: VersionedClient,
    {
        self.ask("export_state", |node, reply| {
            C::__upgrade(Upgrade { node, asked: Asked::Export(reply) });
        })
    }

    /// Puts an exported state in the place of a suspended server's own, brought to the server's
    /// version by its `#[code_change]` steps. What is queued and what timers will send stays, and is
    /// handled with the new state.
    ///
    /// The steps run before anything is touched. Like `sys:change_code/4`; differs: the old state is
    /// given as bytes, since the types of a running program stay what they are.
    ///
    /// # Errors
    ///
    /// [`ChangeCodeError::NotSuspended`], [`ChangeCodeError::Restore`] when the bytes lead to no state,
    /// and the errors of [`suspend`](Sys::suspend). The state is then as it was.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*;
    /// # #[derive(serde::Serialize, serde::Deserialize)] struct Counter(i64);
    /// # #[genserver(version = 1)]
    /// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (counter, other) = (Counter::start(Counter(1)).await?, Counter::start(Counter(6)).await?);
    /// let bytes = other.sys().export_state().await?;
    /// counter.sys().suspend().await?;
    /// let queued = counter.increment().send().await?;
    /// counter.sys().change_code(bytes).await?;
    /// counter.sys().resume().await?;
    /// assert_eq!(queued.await?, 7);
    /// # Ok(()) }
    /// ```
    pub fn change_code(&self, bytes: impl Into<Vec<u8>>) -> SysCall<(), ChangeCodeError>
    where
        C: VersionedClient,
    {
        self.ask("change_code", |node, reply| {
            C::__upgrade(Upgrade { node, asked: Asked::Change(bytes.into(), reply) });
        })
    }
}
