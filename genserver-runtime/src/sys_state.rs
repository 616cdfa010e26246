//! A live server's state, given out and replaced: the part of `sys` that knows the server's type.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::address::downcast;
use crate::body::Body;
use crate::client::Client;
use crate::core::Core;
use crate::exit::Panic;
use crate::server::ServedBy;
use crate::sys::Sys;
use crate::sys_call::{ReplaceError, SysCall};
use crate::system::Turn;
use crate::travel::Cloned;

pub(crate) const ONE_TYPE: &str = "invariant: one type of server a client";

impl<C: Client> Sys<C> {
    /// A copy of the server's data. In order with what this sender sent before; at once while
    /// suspended. Like `sys:get_state/1`; of a machine the data, without its state: see
    /// [`get_machine`](Sys::get_machine). The type is named where it is asked for:
    /// `let counter: Counter = sys.get_state().await?`.
    ///
    /// # Errors
    ///
    /// As [`suspend`](Sys::suspend), and `NoReply` when its `Clone` panicked. A server that is not
    /// `Clone` does not compile.
    pub fn get_state<S: ServedBy<C> + Cloned>(&self) -> SysCall<S> {
        self.look("get_state", |body: &mut Body<S>| body.server.cloned())
    }

    /// A copy of a machine's data and its state. As [`get_state`](Sys::get_state).
    ///
    /// ```
    /// # use genserver_runtime::prelude::*;
    /// #[derive(Clone)]
    /// struct Lock { uses: u32 }
    /// #[derive(Clone)]
    /// struct Open;
    /// #[derive(Clone)]
    /// struct Shut;
    ///
    /// #[genserver(states(Open: initial, Shut), derive(Clone))]
    /// impl Lock {
    ///     #[call(Open => Shut)] fn shut(&self) {}
    ///     #[call(Shut => Open)] fn open(&self) {}
    /// }
    ///
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let lock = Lock::start(Lock { uses: 0 }, Open).await?;
    /// let (data, state): (Lock, LockState) = lock.sys().get_machine().await?;
    /// assert!(data.uses == 0 && matches!(state, LockState::Open(_)));
    /// let shut = |lock: Lock, _| (Lock { uses: lock.uses + 1 }, LockState::Shut(Shut));
    /// lock.sys().replace_machine(shut).await?;
    /// assert_eq!(lock.state().await?, LockStateName::Shut);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`suspend`](Sys::suspend). A state enum that is not `Clone` does not compile: see
    /// `derive(..)` of `#[genserver]`.
    pub fn get_machine<S>(&self) -> SysCall<(S, S::State)>
    where
        S: ServedBy<C> + Cloned,
        S::State: Cloned,
    {
        self.look("get_machine", |body: &mut Body<S>| {
            let (server, state, _) = body.parts();
            (server.cloned(), state.cloned())
        })
    }

    fn look<S: ServedBy<C>, T: Send + 'static>(
        &self,
        call: &'static str,
        look: impl FnOnce(&mut Body<S>) -> T + Send + 'static,
    ) -> SysCall<T> {
        self.ask(call, |node, reply| {
            let slot = reply.share();
            let core = downcast::<S>(node).expect(ONE_TYPE);
            core.act(Turn::Queued, slot, move |_, body| drop(reply.reply(Ok(look(body)))));
        })
    }

    /// Puts what `f` makes of a copy of the server's data in its place, and gives a copy of that. A
    /// panic in `f` changes nothing. In order with what this sender sent before; at once while
    /// suspended. Like `sys:replace_state/2`.
    ///
    /// # Errors
    ///
    /// [`ReplaceError::Panic`] when `f` panicked, and the errors of [`suspend`](Sys::suspend).
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; use genserver_runtime::ReplaceError;
    /// # #[derive(Clone)] struct Counter(i64); #[genserver]
    /// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let counter = Counter::start(Counter(0)).await?;
    /// let replaced = counter.sys().replace_state(|_: Counter| Counter(6)).await?;
    /// assert_eq!(replaced.0, 6);
    /// let broken = counter.sys().replace_state(|_: Counter| panic!("no")).await;
    /// assert!(matches!(broken, Err(ReplaceError::Panic(_))));
    /// assert_eq!(counter.increment().await?, 7);
    /// # Ok(()) }
    /// ```
    pub fn replace_state<S: ServedBy<C> + Cloned>(
        &self,
        f: impl FnOnce(S) -> S + Send + 'static,
    ) -> SysCall<S, ReplaceError> {
        self.replace("replace_state", move |body: &mut Body<S>| {
            let server = f(body.server.cloned());
            let copy = server.cloned();
            (copy, std::mem::replace(&mut body.server, server))
        })
    }

    /// As [`replace_state`](Sys::replace_state), of a machine's data and its state: any state, also
    /// where no edge leads. What another state entails holds from then on: its `allowed` calls, its
    /// time-outs, and what was postponed has another chance; no `#[enter]`, `#[exit]` or
    /// `#[transition]` runs. For the same state with other data the time-outs stay as they are; where
    /// the time of a new one cannot be found out, for a panic in `until = ..`, the server crashes.
    ///
    /// # Errors
    ///
    /// As [`replace_state`](Sys::replace_state).
    pub fn replace_machine<S>(
        &self,
        f: impl FnOnce(S, S::State) -> (S, S::State) + Send + 'static,
    ) -> SysCall<(S, S::State), ReplaceError>
    where
        S: ServedBy<C> + Cloned,
        S::State: Cloned,
    {
        self.replace("replace_machine", move |body: &mut Body<S>| {
            let (server, state, _) = body.parts();
            let from = S::state_index(state);
            let (server, state) = f(server.cloned(), state.cloned());
            let copy = (server.cloned(), state.cloned());
            let old = (std::mem::replace(&mut body.server, server), body.state.replace(state));
            body.crossed(from, None);
            (copy, old)
        })
    }

    /// `replace` changes nothing if it panics; it gives the answer, and what was there before.
    fn replace<S: ServedBy<C>, T: Send + 'static, Old>(
        &self,
        call: &'static str,
        replace: impl FnOnce(&mut Body<S>) -> (T, Old) + Send + 'static,
    ) -> SysCall<T, ReplaceError> {
        self.ask(call, |node, reply| {
            let slot = reply.share();
            let core = downcast::<S>(node).expect(ONE_TYPE);
            let run = move |core: &Arc<Core<S>>, body: &mut Body<S>| {
                let replace = AssertUnwindSafe(|| replace(body));
                let (outcome, old) = match catch_unwind(replace) {
                    Ok((copy, old)) => (Ok(copy), Some(old)),
                    Err(payload) => (Err(ReplaceError::Panic(Panic::new(call, &*payload))), None),
                };
                core.note_state(body);
                drop(reply.reply(outcome));
                // Last: the user's `Drop` may panic, and by now it is replaced and told.
                drop(old);
            };
            core.act(Turn::Queued, slot, run);
        })
    }
}
