//! The state parameter of a handler with several sources.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use crate::machine::next::{Next, Step, Via};
use crate::machine::state::{Leaf, State, Variant, entered};
use crate::server::Server;

/// The state that a handler with several sources found, and the transitions that its guard
/// declares from there.
///
/// Such a handler takes an enum that the macro makes of its guard: `GatePushFrom<'_>` of the
/// message `push` of a `Gate`, with a variant a source. Each holds the state as an `At`, which
/// derefs to it. Only the framework makes one.
///
/// Like the state in the head of a clause of a `gen_statem`; differs: a target that is declared
/// from another source only does not compile.
///
/// ```
/// use genserver_runtime::prelude::*;
///
/// struct Locked {
///     coins: u32,
/// }
/// struct Unlocked;
/// struct Alarm;
/// struct Gate;
///
/// #[genserver(states(Locked: initial, Unlocked, Alarm: terminal))]
/// impl Gate {
///     #[call(Unlocked => Locked, Locked => Locked | Alarm)]
///     fn push(&self, st: GatePushFrom<'_>) -> Next<bool> {
///         match st {
///             GatePushFrom::Unlocked(at) => at.goto(|_| Locked { coins: 0 }).reply(true),
///             GatePushFrom::Locked(at) if at.coins > 0 => at.stay().reply(false),
///             GatePushFrom::Locked(at) => at.goto(|_| Alarm).reply(false),
///         }
///     }
///
///     #[call(Locked => Unlocked)]
///     fn pay(&self) {}
/// }
///
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let gate = Gate::start(Gate, Locked { coins: 0 }).await?;
/// gate.pay().await?;
/// assert!(gate.push().await?);
/// assert!(!gate.push().await?);
/// assert_eq!(gate.state().await?, GateStateName::Alarm);
/// # Ok(()) }
/// ```
pub struct At<'a, T, S, const H: usize> {
    state: &'a T,
    server: PhantomData<fn() -> S>,
}

/// The parameter of a handler whose guard was checked.
#[doc(hidden)]
pub fn state_at<T, S, const H: usize>(state: &T) -> At<'_, T, S, H> {
    At { state, server: PhantomData }
}

impl<T: State<S>, S: Server, const H: usize> At<'_, T, S, H> {
    /// Goes to the state that `f` makes from this one, as [`State::goto`] does.
    ///
    /// Compiles only for a target that the guard declares from this source. For an example see
    /// [`At`].
    pub fn goto<U, E>(&self, f: impl FnOnce(T) -> U + Send + 'static) -> Next<(), Via<S, E, H>>
    where
        S: DeclaresFrom<H, T, U>,
    {
        Next::new(Step::Go(Box::new(move |_: &mut S, state| S::into_state(f(entered(state))))))
    }

    /// As [`goto`](At::goto); `f` may change the data shared by all states too, as with
    /// [`State::goto_mut`].
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Lamp { uses: u32 } struct Off; struct Low; struct High;
    /// # #[genserver(states(Off: initial, Low, High))] impl Lamp {
    /// #[call(Off => Low, Low => High, High => Off)]
    /// fn press(&self, st: LampPressFrom<'_>) -> Next {
    ///     match st {
    ///         LampPressFrom::Off(at) => at.goto_mut(|lamp, _| {
    ///             lamp.uses += 1;
    ///             Low
    ///         }),
    ///         LampPressFrom::Low(at) => at.goto(|_| High),
    ///         LampPressFrom::High(at) => at.goto(|_| Off),
    ///     }
    /// }
    /// # #[call] fn uses(&self) -> u32 { self.uses }
    /// # }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let lamp = Lamp::start(Lamp { uses: 0 }, Off).await?;
    /// lamp.press().await?;
    /// lamp.press().await?;
    /// assert_eq!(lamp.state().await?, LampStateName::High);
    /// assert_eq!(lamp.uses().await?, 1);
    /// # Ok(()) }
    /// ```
    pub fn goto_mut<U, E>(
        &self,
        f: impl FnOnce(&mut S, T) -> U + Send + 'static,
    ) -> Next<(), Via<S, E, H>>
    where
        S: DeclaresFrom<H, T, U>,
    {
        Next::new(Step::Go(Box::new(move |server: &mut S, state| {
            S::into_state(f(server, entered(state)))
        })))
    }

    /// Stays, with the state as it is. For an example see [`At`].
    pub fn stay<E>(&self) -> Next<(), Via<S, E, H>> {
        self.state.stay()
    }

    /// Stays in this state; `f` may change its data and the shared data, as with
    /// [`State::stay_mut`].
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Door; struct Shut { knocks: u32 } struct Open;
    /// # #[genserver(states(Shut: initial, Open))] impl Door {
    /// # #[call(Open => Shut)] fn shut(&self, st: &Open) -> Next { st.goto(|_| Shut { knocks: 0 }) }
    /// #[call(Shut => Open, Open)]
    /// fn knock(&self, st: DoorKnockFrom<'_>) -> Next {
    ///     match st {
    ///         DoorKnockFrom::Shut(at) if at.knocks < 2 => at.stay_mut(|_, shut| shut.knocks += 1),
    ///         DoorKnockFrom::Shut(at) => at.goto(|_| Open),
    ///         DoorKnockFrom::Open(at) => at.stay(),
    ///     }
    /// }
    /// # }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let door = Door::start(Door, Shut { knocks: 0 }).await?;
    /// door.knock().await?;
    /// door.knock().await?;
    /// assert_eq!(door.state().await?, DoorStateName::Shut);
    /// door.knock().await?;
    /// assert_eq!(door.state().await?, DoorStateName::Open);
    /// # Ok(()) }
    /// ```
    pub fn stay_mut<E>(
        &self,
        f: impl FnOnce(&mut S, &mut T) + Send + 'static,
    ) -> Next<(), Via<S, E, H>>
    where
        T: Leaf<S>,
    {
        self.state.stay_mut(f)
    }
}

impl<T, S, const H: usize> Deref for At<'_, T, S, H> {
    type Target = T;

    fn deref(&self) -> &T {
        self.state
    }
}

impl<T, S, const H: usize> Clone for At<'_, T, S, H> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, S, const H: usize> Copy for At<'_, T, S, H> {}

impl<T: fmt::Debug, S, const H: usize> fmt::Debug for At<'_, T, S, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("At").field(self.state).finish()
    }
}

/// A state that the guard of a handler of machine `S` declares as a target from `Source`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Handler}` does not declare the transition `{Source}` -> `{Self}`",
    label = "not declared by the guard of `{Handler}`"
)]
pub trait ReachesFrom<Handler, Source, S: Server>: Variant<S> {}

/// Handler `H` of this machine declares a transition from `Source` to `T`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the handler does not declare a transition from `{Source}` to `{T}`"
)]
pub trait DeclaresFrom<const H: usize, Source, T>: Server {
    fn into_state(state: T) -> Self::State;
}

/// No source of the guard holds the state.
#[doc(hidden)]
pub fn beyond() -> ! {
    unreachable!("invariant: the guard accepted the state")
}
