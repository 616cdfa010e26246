//! State machines: states, transitions, and what their clients can ask.

use std::fmt;
use std::future::Future;
use std::str::FromStr;

use genserver_graph::Graph;

use crate::client::Client;
use crate::error::ServerError;
use crate::server::Server;

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
pub trait Machine: Server {
    /// The names of its states: a field-less enum.
    type StateName: Copy + Eq + fmt::Debug + fmt::Display + FromStr + Send + Sync + 'static;

    /// The names of its calls and casts: a field-less enum.
    type MessageName: Copy + Eq + fmt::Debug + fmt::Display + FromStr + Send + Sync + 'static;

    /// The declared states and transitions.
    const GRAPH: Graph<'static>;
}

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
        Next::new(Step::Change(Box::new(move |_: &mut S, state| S::into_state(f(entered(state))))))
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
        Next::new(Step::Change(Box::new(move |server: &mut S, state| {
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
        Next::new(Step::Change(Box::new(move |server: &mut S, mut state| {
            if let Some(own) = <Self as Variant<S>>::peek_mut(&mut state) {
                f(server, own);
            }
            state
        })))
    }
}

fn entered<S: Server, V: Variant<S>>(state: S::State) -> V {
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

/// What a [`Next`] carries of its handler: the server, the handler's number, and the error that it
/// may refuse with. The macro writes it into the handler's return type.
#[doc(hidden)]
pub struct Via<S: Server, E, const H: usize> {
    step: Step<S>,
    error: Option<E>,
}

type Change<S> = Box<dyn FnOnce(&mut S, <S as Server>::State) -> <S as Server>::State + Send>;

enum Step<S: Server> {
    Stay,
    Change(Change<S>),
}

/// A decided transition with its reply, carried out when the handler returns it.
///
/// Made by [`State::goto`] and its siblings. In a handler's signature write `Next` or
/// `Next<Reply>`; the macro adds the second parameter, which ties it to its guard.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Shop; struct Stocked { items: u32 } struct SoldOut;
/// # #[derive(Debug, PartialEq)] struct TooMany;
/// # #[genserver(states(Stocked: initial, SoldOut: terminal))] impl Shop {
/// #[call(Stocked => Stocked | SoldOut)]
/// fn buy(&self, st: &Stocked, number: u32) -> Result<Next<u32>, TooMany> {
///     if number == 0 {
///         return Ok(st.stay().reply(st.items));
///     }
///     match st.items.checked_sub(number) {
///         Some(0) => Ok(st.goto(|_| SoldOut).reply(0)),
///         Some(items) => Ok(st.goto(move |_| Stocked { items }).reply(items)),
///         None => Err(TooMany), // nothing changed
///     }
/// }
/// # }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let shop = Shop::start(Shop, Stocked { items: 5 }).await?;
/// assert_eq!(shop.buy(6).await, Err(CallError::Reply(TooMany)));
/// assert_eq!(shop.buy(0).await, Ok(5));
/// assert_eq!(shop.buy(5).await, Ok(0));
/// assert_eq!(shop.state().await?, ShopStateName::SoldOut);
/// # Ok(()) }
/// ```
#[must_use = "a transition does nothing until the handler returns it"]
pub struct Next<R = (), V = ()> {
    via: V,
    reply: Option<R>,
}

impl<S: Server, E, const H: usize> Next<(), Via<S, E, H>> {
    fn new(step: Step<S>) -> Self {
        Self { via: Via { step, error: None }, reply: Some(()) }
    }

    /// The value that the caller gets. Like the action `{reply, From, Reply}`; see [`Next`].
    pub fn reply<R>(self, reply: R) -> Next<R, Via<S, E, H>> {
        Next { via: self.via, reply: Some(reply) }
    }

    /// Commits, and refuses: the caller gets `error`. See [`State::stay_mut`].
    pub fn refuse<R>(self, error: E) -> Next<R, Via<S, E, H>> {
        Next { via: Via { step: self.via.step, error: Some(error) }, reply: None }
    }
}

impl<S: Server, R, E, const H: usize> Next<R, Via<S, E, H>> {
    /// Carries the transition out. Between the two lines that touch it the state is gone: should
    /// the closure panic, it stays so.
    pub(crate) fn commit(self, server: &mut S, state: &mut Option<S::State>) -> Result<R, E> {
        if let Step::Change(change) = self.via.step {
            let old = state.take().expect("invariant: a state is lost only with its server");
            *state = Some(change(server, old));
        }
        match (self.reply, self.via.error) {
            (Some(reply), _) => Ok(reply),
            (None, Some(error)) => Err(error),
            (None, None) => {
                unreachable!("invariant: `refuse` sets the error when it takes the reply")
            }
        }
    }
}

impl<R: fmt::Debug, S: Server, E: fmt::Debug, const H: usize> fmt::Debug for Next<R, Via<S, E, H>> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let step = match self.via.step {
            Step::Stay => "stay",
            Step::Change(_) => "change",
        };
        let mut f = f.debug_struct("Next");
        f.field("step", &step).field("reply", &self.reply).field("error", &self.via.error).finish()
    }
}

/// What a client of a machine can ask of its server. The prelude brings it in.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Lock; struct Open; struct Shut;
/// # #[genserver(states(Open: initial, Shut))] impl Lock {
/// #     #[call(Open => Shut)] fn shut(&self) {}
/// #     #[call(Shut => Open)] fn open(&self) {}
/// # }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let lock = Lock::start(Lock, Open).await?;
/// assert_eq!(lock.state().await?, LockStateName::Open);
/// assert!(lock.can(LockMessage::Shut).await?);
/// assert!(!lock.can(LockMessage::Open).await?);
/// # Ok(()) }
/// ```
pub trait MachineClient: Client {
    /// The names of the machine's states.
    type StateName: FromStr + Copy + Send + 'static;

    /// The names of its calls and casts.
    type MessageName: PartialEq + Copy + Send + Sync + 'static;

    #[doc(hidden)]
    fn __allowed(state: Self::StateName) -> &'static [Self::MessageName];

    /// The name of the present state; in order with this sender's earlier messages. Sent when this
    /// is called.
    ///
    /// Like `sys:get_state/1`; differs: the name alone, and what was sent before is handled first.
    ///
    /// # Errors
    ///
    /// As a call with the server's time-out.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future withdraws nothing and changes nothing.
    fn state(
        &self,
    ) -> impl Future<Output = Result<Self::StateName, ServerError>> + Send + use<Self> {
        let asked = self.__address().ask_state();
        async move {
            let name = asked.await?;
            match name.parse() {
                Ok(name) => Ok(name),
                Err(_) => unreachable!("invariant: the macro names every state"),
            }
        }
    }

    /// Whether the present state allows the guarded `message`. Another sender may change the
    /// state before this one's next call: the call itself is what counts.
    ///
    /// # Errors
    ///
    /// As [`state`](MachineClient::state).
    fn can(
        &self,
        message: Self::MessageName,
    ) -> impl Future<Output = Result<bool, ServerError>> + Send + use<Self> {
        let state = self.state();
        async move { Ok(Self::__allowed(state.await?).contains(&message)) }
    }
}
