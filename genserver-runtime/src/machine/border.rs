//! The border between two states: which one was crossed, and what of the old state ends with it.

use std::any::TypeId;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::body::Body;
use crate::ending::Ending;
use crate::exit::{ExitReason, Panic};
use crate::machine::Machine;
use crate::server::{Server, StateTimeout};
use crate::timer::Due;

/// A transition that a machine has taken: what `#[transition]`, `#[enter]` and `#[exit]` are told.
///
/// With the feature `serde` it can be serialised, for a journal.
///
/// ```
/// # use genserver_runtime::prelude::*; use genserver_runtime::Transition;
/// # struct Open; struct Shut;
/// struct Door {
///     journal: Vec<String>,
/// }
///
/// #[genserver(states(Open: initial, Shut))]
/// impl Door {
///     #[call(Open => Shut)]
///     fn shut(&self) {}
///
///     #[transition]
///     fn note(&mut self, t: &Transition) {
///         self.journal.push(t.to_string());
///     }
///     # #[call(Shut => Open)] fn open(&self) {}
///     # #[call] fn journal(&self) -> Vec<String> { self.journal.clone() }
/// }
///
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let door = Door::start(Door { journal: Vec::new() }, Open).await?;
/// door.shut().await?;
/// assert_eq!(door.journal().await?, ["Open -> Shut by shut"]);
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Transition {
    /// The state that was left.
    pub from: &'static str,
    /// The state that was entered; the same one when its data was replaced, or the server begins.
    pub to: &'static str,
    /// The message whose handler has moved the machine; `None` when the server begins, with its
    /// first state or with one that it resumes.
    pub message: Option<&'static str>,
    /// Their places among the machine's states.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) places: (usize, usize),
    #[cfg_attr(feature = "serde", serde(skip))]
    machine: TypeId,
}

impl Transition {
    fn new<S: Server>(from: usize, to: usize, message: Option<&'static str>) -> Self {
        let name = |at: usize| S::STATES.get(at).map_or("", |leaf| leaf.name);
        let machine = TypeId::of::<S>();
        Self { from: name(from), to: name(to), message, places: (from, to), machine }
    }

    /// Whether the state is another one now.
    #[must_use]
    pub fn is_change(&self) -> bool {
        self.places.0 != self.places.1
    }

    /// The states as the names of machine `M`, from which and to which; `None` for a transition of
    /// another machine.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; use genserver_runtime::Transition;
    /// # struct Open; struct Shut; struct Door { uses: u32 }
    /// # #[genserver(states(Open: initial, Shut))] impl Door {
    /// #[transition]
    /// fn count(&mut self, t: &Transition) {
    ///     if t.states::<Self>() == Some((DoorStateName::Shut, DoorStateName::Open)) {
    ///         self.uses += 1;
    ///     }
    /// }
    /// # #[call(Open => Shut)] fn shut(&self) {}
    /// # #[call(Shut => Open)] fn open(&self) {}
    /// # #[call] fn uses(&self) -> u32 { self.uses }
    /// # }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let door = Door::start(Door { uses: 0 }, Open).await?;
    /// door.shut().await?;
    /// door.open().await?;
    /// assert_eq!(door.uses().await?, 1);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn states<M: Machine>(&self) -> Option<(M::StateName, M::StateName)> {
        if self.machine != TypeId::of::<M>() {
            return None;
        }
        Some((self.from.parse().ok()?, self.to.parse().ok()?))
    }

    /// Whether a state, or group, of these places was entered from outside.
    #[doc(hidden)]
    #[must_use]
    pub fn enters(&self, places: &[usize]) -> bool {
        let (from, to) = self.places;
        places.contains(&to) && (self.message.is_none() || !places.contains(&from))
    }

    /// Whether a state, or group, of these places was left.
    #[doc(hidden)]
    #[must_use]
    pub fn exits(&self, places: &[usize]) -> bool {
        let (from, to) = self.places;
        places.contains(&from) && !places.contains(&to)
    }
}

impl std::fmt::Display for Transition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.message {
            None => write!(f, "begins as {}", self.to),
            Some(message) => write!(f, "{} -> {} by {message}", self.from, self.to),
        }
    }
}

impl<S: Server> Body<S> {
    fn leaf(&self) -> usize {
        self.state.as_ref().map_or(0, S::state_index)
    }

    /// Carries `step` out, which takes an edge of a handler.
    #[inline]
    pub(crate) fn go<T>(&mut self, handler: usize, step: impl FnOnce(&mut Self) -> T) -> T {
        if !S::FOLLOWS && !S::POSTPONES && self.cx.known_timings().is_none() {
            return step(self);
        }
        let from = self.leaf();
        let done = step(self);
        self.crossed(from, Some(handler));
        done
    }

    /// The state is another one, or the same with other data. Of what follows, what need not wait is
    /// done.
    pub(crate) fn crossed(&mut self, from: usize, handler: Option<usize>) {
        let to = self.leaf();
        if from != to {
            if let Some(timings) = self.cx.known_timings() {
                timings.leave(from, to);
            }
            if S::POSTPONES {
                self.cx.core().retry();
            }
        }
        if !S::FOLLOWS {
            return;
        }
        let message = handler.map_or("", |handler| S::HANDLERS[handler].message);
        let transition = Transition::new::<S>(from, to, Some(message));
        if handler.is_some() {
            self.cx.moved(transition);
        } else if from != to {
            // From outside: no hook runs, but the time-outs are those of the new state. It stands
            // by now, so a panic of theirs ends the server.
            let arm = AssertUnwindSafe(|| self.arm_state_timeouts(&transition));
            if let Err(payload) = catch_unwind(arm) {
                let reason = ExitReason::Panic(Panic::new("state_timeout", &*payload));
                self.cx.end(Ending::new(reason));
            }
        }
    }

    pub(super) fn arm_state_timeouts(&mut self, transition: &Transition) {
        for timeout in S::STATE_TIMEOUTS {
            if transition.enters(timeout.states) {
                self.arm_state_timeout(*timeout);
            }
        }
    }

    fn arm_state_timeout(&mut self, timeout: StateTimeout) {
        let Some(due) = S::state_timeout(timeout, self) else { return };
        let message = S::signal(timeout.handler).expect("invariant: a time-out has its message");
        let timer = self.cx.core().arm_ahead(due, Due::Message(message));
        self.cx.timings().bind_timeout(timeout.states, timer);
    }
}

/// The server begins in this state: what follows comes before any message.
pub(crate) fn begin<S: Server>(body: &mut Body<S>) {
    if S::FOLLOWS {
        let at = body.leaf();
        body.cx.moved(Transition::new::<S>(at, at, None));
    }
}
