//! One handler at a time, without a server that runs: for unit tests.

use std::fmt;
use std::sync::Weak;

use crate::address::Address;
use crate::call::{Call, UNSENT};
use crate::cast::Cast;
use crate::error::ServerError;
use crate::exit::ExitReason;
use crate::machine::bench::Bench;
use crate::machine::{Machine, Variant};
use crate::outcome::Outcome;
use crate::post::Post;
use crate::server::{Request, ServedBy, Server, Takes};

/// Puts a machine on the bench, in any of its states: a state, a group, or the whole state enum.
///
/// For unit tests of handlers: no runtime runs, nothing is started, `#[init]` and `#[terminate]`
/// do not run; what follows on a transition, as `#[enter]`, does. What a handler wants of its [`Cx`](crate::Cx) is accepted; timers, tasks and
/// messages to itself are not carried out, but for what it
/// [continues with](crate::Cx::continue_with).
///
/// Like calling a state function of a `gen_statem` by hand; differs: the guard is checked, and the
/// transition is carried out.
///
/// ```
/// use genserver_runtime::machine;
/// use genserver_runtime::prelude::*;
///
/// struct Pending {
///     price: u64,
/// }
/// struct Approved {
///     by: String,
/// }
/// struct Contract {
///     limit: u64,
/// }
/// #[derive(Debug, PartialEq)]
/// struct OverLimit;
///
/// #[genserver(states(Pending: initial, Approved: terminal))]
/// impl Contract {
///     #[call(Pending => Approved)]
///     async fn approve(&self, st: &Pending, by: String) -> Result<Next, OverLimit> {
///         if st.price > self.limit {
///             return Err(OverLimit);
///         }
///         Ok(st.goto(|_| Approved { by }))
///     }
/// }
///
/// let dear = machine::drive(Contract { limit: 10 }, Pending { price: 11 });
/// let (outcome, state) = dear.call(|contract| contract.approve("Ann".to_owned()));
/// assert_eq!(outcome, Err(CallError::Reply(OverLimit)));
/// assert!(matches!(state, ContractState::Pending(Pending { price: 11 })));
///
/// let cheap = machine::drive(Contract { limit: 10 }, Pending { price: 9 });
/// let (outcome, state) = cheap.call(|contract| contract.approve("Ann".to_owned()));
/// assert_eq!(outcome, Ok(()));
/// assert!(matches!(state, ContractState::Approved(Approved { by }) if by == "Ann"));
/// ```
pub fn drive<S, C>(server: S, state: impl Variant<S>) -> Driver<S, C>
where
    S: Machine + ServedBy<C>,
{
    let client = S::client(Address::weak(Weak::new()));
    Driver { client, bench: Bench::new(server, state.into_state()) }
}

/// A machine on the bench: made by [`drive`].
pub struct Driver<S: Server, C> {
    /// Reaches nothing: it only makes the requests.
    client: C,
    bench: Bench<S>,
}

impl<S: Server, C> Driver<S, C> {
    /// Runs the handler of one call, and gives what its caller would get with the state that it
    /// leaves. See [`drive`].
    ///
    /// A reply that the handler leaves for later is a [`ServerError::Timeout`], and so is a call that
    /// the state postpones, which is not kept.
    ///
    /// # Panics
    ///
    /// When the handler panics, and when it waits for something that is not ready: there is nobody
    /// here who could make it so.
    pub fn call<O, A, const H: usize>(
        mut self,
        request: impl FnOnce(&C) -> Call<'_, O, S, A, H>,
    ) -> (O, S::State)
    where
        O: Outcome<Reply: Send + 'static>,
        A: Send + 'static,
        S: Request<H, A, O::Reply>,
    {
        let outcome = request(&self.client).drive(&mut self.bench);
        (outcome, self.bench.into_parts().1)
    }

    /// Runs the handler of one call or cast, and stays for the next one. A call gives what its
    /// caller would get; a cast an error where no handler has run, or where its handler crashed.
    ///
    /// # Panics
    ///
    /// As [`call`](Driver::call).
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; use genserver_runtime::machine; use std::time::Duration;
    /// # struct Off; struct On { uses: u32 } struct Lamp;
    /// # #[genserver(states(Off: initial, On: terminal))] impl Lamp {
    /// #     #[call(Off => On)] fn on(&self, st: &Off) -> Next { st.goto(|_| On { uses: 0 }) }
    /// #     #[cast(On)] fn read(&self, st: &mut On) { st.uses += 1; }
    /// # }
    /// let mut lamp = machine::drive(Lamp, Off);
    /// assert!(lamp.step(LampClient::read).is_err()); // it is dark
    /// assert!(lamp.step(LampClient::on).is_ok());
    /// assert!(lamp.step(LampClient::read).is_ok());
    /// assert!(matches!(lamp.state(), LampState::On(On { uses: 1 })));
    /// ```
    pub fn step<'c, R: Driven<S>>(
        &'c mut self,
        request: impl FnOnce(&'c C) -> R,
    ) -> <R as Driven<S>>::Outcome {
        request(&self.client).drive(&mut self.bench)
    }

    /// Runs the handler of an info. See [`step`](Driver::step).
    ///
    /// # Errors
    ///
    /// Where no handler has run, or where it crashed.
    ///
    /// # Panics
    ///
    /// As [`call`](Driver::call).
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; use genserver_runtime::machine;
    /// # struct Calm; struct Loud; struct Bell; struct Ring;
    /// # #[genserver(states(Calm: initial, Loud: terminal))] impl Bell {
    /// #     #[info(Calm => Loud)] fn ring(&mut self, _ring: Ring) {}
    /// # }
    /// let mut bell = machine::drive(Bell, Calm);
    /// assert!(bell.info(Ring).is_ok());
    /// assert!(matches!(bell.state(), BellState::Loud(_)));
    /// ```
    pub fn info<M>(&mut self, message: M) -> Result<(), ServerError>
    where
        S: Takes<M>,
    {
        self.bench.notify(S::info(message))
    }

    /// The state that the last handler has left.
    ///
    /// # Panics
    ///
    /// When there is none, after a panic.
    #[must_use]
    pub fn state(&self) -> &S::State {
        self.bench.state()
    }

    /// The data shared by all states.
    ///
    /// # Panics
    ///
    /// As [`state`](Driver::state).
    #[must_use]
    pub fn server(&self) -> &S {
        self.bench.server()
    }

    /// Why the server would have ended: what a handler asked for with
    /// [`Cx::stop`](crate::Cx::stop), or its crash. Then nothing runs any more.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; use genserver_runtime::machine;
    /// # struct Open; struct Shop;
    /// # #[genserver(states(Open: initial + terminal))] impl Shop {
    /// #     #[call(Open)] fn close(&self, cx: &mut Cx<Self>) { cx.stop(ExitReason::Normal); }
    /// # }
    /// let mut shop = machine::drive(Shop, Open);
    /// assert_eq!(shop.step(ShopClient::close), Ok(()));
    /// assert_eq!(shop.stopped(), Some(&ExitReason::Normal));
    /// assert_eq!(shop.step(ShopClient::close), Err(ServerError::NotRunning));
    /// ```
    #[must_use]
    pub fn stopped(&self) -> Option<&ExitReason> {
        self.bench.stopped()
    }

    /// Takes it off the bench.
    ///
    /// # Panics
    ///
    /// As [`state`](Driver::state).
    #[must_use]
    pub fn into_parts(self) -> (S, S::State) {
        self.bench.into_parts()
    }
}

impl<S: Server, C> fmt::Debug for Driver<S, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver").field("machine", &S::NAME).finish_non_exhaustive()
    }
}

/// A request whose handler can be run on the bench.
#[doc(hidden)]
pub trait Driven<S: Server> {
    type Outcome;

    fn drive(self, bench: &mut Bench<S>) -> Self::Outcome;
}

impl<O, S, A, const H: usize> Driven<S> for Call<'_, O, S, A, H>
where
    O: Outcome<Reply: Send + 'static>,
    A: Send + 'static,
    S: Request<H, A, O::Reply>,
{
    type Outcome = O;

    fn drive(mut self, bench: &mut Bench<S>) -> O {
        let (limit, _) = self.limit().resolve();
        let args = self.args.take().expect(UNSENT);
        bench.answer::<A, O::Reply, H>(args, limit).map_or_else(O::error, O::reply)
    }
}

impl<S: Server> Driven<S> for Cast<'_, S> {
    type Outcome = Result<(), ServerError>;

    fn drive(self, bench: &mut Bench<S>) -> Self::Outcome {
        bench.notify(self.into_message())
    }
}

impl<S: Server> Driven<S> for Post<'_, S> {
    type Outcome = Result<(), ServerError>;

    fn drive(self, bench: &mut Bench<S>) -> Self::Outcome {
        bench.notify(self.into_message())
    }
}
