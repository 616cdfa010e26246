//! What `#[enter]` and `#[exit]` can do: they are told of a change of state, and cannot make one.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::ops::Deref;
use std::time::Duration;

use crate::body::Body;
use crate::context::Cx;
use crate::exit::{ExitReason, Panic};
use crate::frame;
use crate::machine::{Machine, Transition};
use crate::server::{Idles, Server, Takes};
use crate::task::Task;
use crate::timing::NamedTimer;

/// What an `#[enter]` method may return, in place of nothing.
///
/// Like the return of a state enter call; differs: it has no way to change the state, to postpone or
/// to insert an event.
///
/// ```
/// # use genserver_runtime::prelude::*; use genserver_runtime::Enter;
/// # struct Idle; struct Warm { degrees: u32 }
/// struct Oven;
///
/// #[genserver(states(Idle: initial, Warm))]
/// impl Oven {
///     #[call(Idle => Warm)]
///     fn heat(&self, st: &Idle) -> Next { st.goto(|_| Warm { degrees: 20 }) }
///
///     #[enter(Warm)]
///     fn preheat(&self, st: &mut Warm) -> Enter {
///         st.degrees += 60;
///         if st.degrees < 180 { Enter::Repeat } else { Enter::Done }
///     }
///     # #[call(Warm)] fn degrees(&self, st: &Warm) -> u32 { st.degrees }
///     # #[call(Warm => Idle)] fn cool(&self) {}
/// }
///
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let oven = Oven::start(Oven, Idle).await?;
/// oven.heat().await?;
/// assert_eq!(oven.degrees().await?, 200);
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Enter {
    /// The state is entered.
    Done,
    /// Once more: the method runs again. Like `repeat_state`.
    Repeat,
}

/// The context of an `#[enter]` or `#[exit]` method: a [`Cx`] without what a change of state does not
/// allow, which is [`continue_with`](Cx::continue_with).
///
/// Taken as `cx: &mut StateCx<Self>`. What `&Cx` can do it can do too: timers, tasks, clients.
///
/// ```
/// # use genserver_runtime::prelude::*; use genserver_runtime::StateCx;
/// # struct Off; struct On; struct Lamp;
/// #[genserver(states(Off: initial, On))]
/// impl Lamp {
///     #[call(Off => On)]
///     fn switch_on(&self) {}
///
///     #[call(On => Off)]
///     fn switch_off(&self) {}
///
///     #[enter(On)]
///     fn shine(&mut self, cx: &mut StateCx<Self>) {
///         cx.spawn_in_state(async { /* until it is off */ });
///     }
/// }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # Lamp::start(Lamp, Off).await?.switch_on().await?;
/// # Ok(()) }
/// ```
pub struct StateCx<'a, S: Server>(&'a mut Cx<S>);

impl<'a, S: Server> StateCx<'a, S> {
    #[doc(hidden)]
    pub fn new(cx: &'a mut Cx<S>) -> Self {
        Self(cx)
    }

    /// As [`Cx::stop`]: the reply of the call that has moved the machine is sent after `terminate`.
    pub fn stop(&mut self, reason: ExitReason) {
        self.0.stop(reason);
    }

    /// As [`Cx::hibernate`].
    pub fn hibernate(&mut self) {
        self.0.hibernate();
    }

    /// As [`Cx::set_idle`].
    pub fn set_idle(&mut self, after: impl Into<Option<Duration>>)
    where
        S: Idles,
    {
        self.0.set_idle(after);
    }

    /// As [`Cx::set_idle_with`].
    pub fn set_idle_with<M>(&mut self, after: Duration, message: M)
    where
        S: Takes<M>,
    {
        self.0.set_idle_with(after, message);
    }

    /// There is no such thing here: without this method rustc would speak of a borrow of `Cx`.
    #[doc(hidden)]
    pub fn continue_with<M>(&mut self, _: M)
    where
        S: Inserts,
    {
    }

    /// As [`Cx::timer`].
    pub fn timer(&mut self, name: impl Into<Cow<'static, str>>) -> NamedTimer<'_, S> {
        self.0.timer(name)
    }

    /// As [`Cx::event_timeout`].
    pub fn event_timeout(&mut self) -> NamedTimer<'_, S> {
        self.0.event_timeout()
    }

    /// As [`Cx::spawn_in_state`]: in an `#[exit]` method too the state is the one that was entered.
    pub fn spawn_in_state(&mut self, future: impl Future<Output = ()> + Send + 'static) -> Task
    where
        S: Machine,
    {
        self.0.spawn_in_state(future)
    }

    /// As [`Cx::spawn_in_state_then`].
    pub fn spawn_in_state_then<T, M>(
        &mut self,
        future: impl Future<Output = T> + Send + 'static,
        into_info: impl FnOnce(Result<T, Panic>) -> M + Send + 'static,
    ) -> Task
    where
        S: Machine + Takes<M>,
        T: Send + 'static,
        M: 'static,
    {
        self.0.spawn_in_state_then(future, into_info)
    }
}

impl<S: Server> Deref for StateCx<'_, S> {
    type Target = Cx<S>;

    fn deref(&self) -> &Cx<S> {
        self.0
    }
}

impl<S: Server> fmt::Debug for StateCx<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StateCx").field(&self.0).finish()
    }
}

/// An `#[enter]`, `#[exit]` or `#[transition]` method that may wait, with its output `R`.
#[doc(hidden)]
pub trait Hooked<const N: usize, R>: Server {
    fn run<'a>(
        body: &'a mut Body<Self>,
        transition: &'a Transition,
    ) -> impl Future<Output = R> + Send + 'a;
}

/// What no server does.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "what runs on a change of state cannot continue with a message",
    label = "not on a change of state",
    note = "call `cx.continue_with(..)` in the handler that moves the machine, or start a timer here"
)]
pub trait Inserts: Server {}

/// Runs an `#[enter]` or `#[exit]` method: it has no caller whose patience it could share.
#[doc(hidden)]
pub fn hook<F: Future>(run: F) -> impl Future<Output = F::Output> {
    frame::without_deadline(run)
}
