//! The states of a machine: what a handler can do with its state parameter.

use crate::machine::next::{Next, Step, Via};
use crate::server::Server;

/// How a state lies in its machine's state enum.
#[doc(hidden)]
pub trait Variant<S: Server>: Sized + 'static {
    fn into_state(self) -> S::State;

    /// The state as this one; the machine's state itself when it is another one.
    fn from_state(state: S::State) -> Result<Self, S::State>;

    fn peek(state: &S::State) -> Option<&Self>;

    fn peek_mut(state: &mut S::State) -> Option<&mut Self>;
}

/// A single state of machine `S`: what changes in it is no change of state.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a group: in place it could be swapped for another of its states",
    label = "not a single state",
    note = "use `goto`, whose targets the guard declares, or guard a single state"
)]
pub trait Leaf<S: Server>: Variant<S> {}

/// A state, or a group of states, of machine `S`: what a handler can do with its state parameter.
///
/// A transition is decided on a borrowed state and carried out when the handler has returned it:
/// the closure given to [`goto`](State::goto) gets the state by value. Implemented by the macro;
/// the prelude brings it in.
///
/// Like `gen_statem`'s `next_state` and `keep_state`; differs: a target that the guard does not
/// declare does not compile.
///
/// ```
/// use genserver_runtime::prelude::*;
///
/// struct Empty;
/// struct Full {
///     text: String,
/// }
/// struct Note;
///
/// #[genserver(states(Empty: initial, Full))]
/// impl Note {
///     #[call(Empty => Full)]
///     fn write(&self, st: &Empty, text: String) -> Next {
///         st.goto(|_| Full { text })
///     }
///
///     #[call(Full => Empty)]
///     fn tear_off(&self, st: &Full) -> Next<String> {
///         st.goto(|_| Empty).reply(st.text.clone())
///     }
/// }
///
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let note = Note::start(Note, Empty).await?;
/// note.write("milk".to_owned()).await?;
/// assert_eq!(note.tear_off().await?, "milk");
/// assert_eq!(note.state().await?, NoteStateName::Empty);
/// # Ok(()) }
/// ```
pub trait State<S: Server>: Variant<S> {
    /// Goes to the state that `f` makes from this one, which may be the same with other data.
    ///
    /// Compiles only for a target that the handler's guard declares. A panic in `f` loses the
    /// state: the server crashes, and its `#[terminate]` gets none. For an example see [`State`].
    fn goto<T, E, const H: usize>(
        &self,
        f: impl FnOnce(Self) -> T + Send + 'static,
    ) -> Next<(), Via<S, E, H>>
    where
        S: Declares<H, T>,
    {
        Next::new(Step::Go(Box::new(move |_: &mut S, state| S::into_state(f(entered(state))))))
    }

    /// As [`goto`](State::goto); `f` may change the data shared by all states too.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Lamp { uses: u32 } struct Off; struct On;
    /// # #[genserver(states(Off: initial, On))] impl Lamp {
    /// # #[call(On => Off)] fn off(&self) {}
    /// #[call(Off => On)]
    /// fn on(&self, st: &Off) -> Next {
    ///     st.goto_mut(|lamp, _| {
    ///         lamp.uses += 1;
    ///         On
    ///     })
    /// }
    /// # #[call] fn uses(&self) -> u32 { self.uses }
    /// # }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let lamp = Lamp::start(Lamp { uses: 0 }, Off).await?;
    /// lamp.on().await?;
    /// assert_eq!(lamp.uses().await?, 1);
    /// # Ok(()) }
    /// ```
    fn goto_mut<T, E, const H: usize>(
        &self,
        f: impl FnOnce(&mut S, Self) -> T + Send + 'static,
    ) -> Next<(), Via<S, E, H>>
    where
        S: Declares<H, T>,
    {
        Next::new(Step::Go(Box::new(move |server: &mut S, state| {
            S::into_state(f(server, entered(state)))
        })))
    }

    /// Stays, with the state as it is. For an example see [`Next`].
    fn stay<E, const H: usize>(&self) -> Next<(), Via<S, E, H>> {
        Next::new(Step::Stay)
    }

    /// Stays in this state; `f` may change its data and the shared data. For single states only:
    /// a group could be swapped for another of its states.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Safe(u16); struct Shut { tries: u32 }
    /// # struct Open; #[derive(Debug)] struct Wrong;
    /// # #[genserver(states(Shut: initial, Open))] impl Safe {
    /// # #[call(Open => Shut)] fn shut(&self, st: &Open) -> Next { st.goto(|_| Shut { tries: 0 }) }
    /// #[call(Shut => Open)]
    /// fn open(&self, st: &Shut, pin: u16) -> Result<Next, Wrong> {
    ///     if pin != self.0 {
    ///         return Ok(st.stay_mut(|_, shut| shut.tries += 1).refuse(Wrong));
    ///     }
    ///     Ok(st.goto(|_| Open))
    /// }
    /// # #[call(Shut)] fn tries(&self, st: &Shut) -> u32 { st.tries }
    /// # }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let safe = Safe::start(Safe(1234), Shut { tries: 0 }).await?;
    /// assert!(safe.open(1).await.is_err());
    /// assert_eq!(safe.tries().await?, 1);
    /// # Ok(()) }
    /// ```
    fn stay_mut<E, const H: usize>(
        &self,
        f: impl FnOnce(&mut S, &mut Self) + Send + 'static,
    ) -> Next<(), Via<S, E, H>>
    where
        Self: Leaf<S>,
    {
        Next::new(Step::Keep(Box::new(move |server: &mut S, mut state| {
            if let Some(own) = <Self as Variant<S>>::peek_mut(&mut state) {
                f(server, own);
            }
            state
        })))
    }
}

pub(super) fn entered<S: Server, V: Variant<S>>(state: S::State) -> V {
    match V::from_state(state) {
        Ok(own) => own,
        Err(_) => unreachable!("invariant: the guard accepted the state and nothing ran since"),
    }
}

/// A state that the guard of a handler of machine `S` declares as a target.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Handler}` does not declare a transition to `{Self}`",
    label = "not declared by the guard of `{Handler}`"
)]
pub trait Reaches<Handler, S: Server>: Variant<S> {}

/// Handler `H` of this machine declares a transition to `T`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(message = "the handler does not declare a transition to `{T}`")]
pub trait Declares<const H: usize, T>: Server {
    fn into_state(state: T) -> Self::State;
}

// No handler has these numbers. With further candidates for every target, even for what is no state,
// rustc leaves `H` to the handler's return type, instead of guessing a handler that fits.
#[diagnostic::do_not_recommend]
impl<S: Server, T> Declares<{ usize::MAX }, T> for S {
    fn into_state(_: T) -> S::State {
        unreachable!("invariant: a handler has a number of its own")
    }
}

#[diagnostic::do_not_recommend]
impl<S: Server, T> Declares<{ usize::MAX - 1 }, T> for S {
    fn into_state(_: T) -> S::State {
        unreachable!("invariant: a handler has a number of its own")
    }
}
