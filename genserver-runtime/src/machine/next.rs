//! A decided transition, and how it is carried out.

use std::fmt;

use crate::server::Server;

/// What a [`Next`] carries of its handler: the server, the handler's number, and the error that it
/// may refuse with. The macro writes it into the handler's return type.
#[doc(hidden)]
pub struct Via<S: Server, E, const H: usize> {
    step: Step<S>,
    error: Option<E>,
}

pub(super) type Change<S> =
    Box<dyn FnOnce(&mut S, <S as Server>::State) -> <S as Server>::State + Send>;

pub(super) enum Step<S: Server> {
    Stay,
    /// Stays, with other data.
    Keep(Change<S>),
    /// Takes an edge, which may lead to the same state.
    Go(Change<S>),
}

/// A decided transition with its reply, carried out when the handler returns it.
///
/// Made by [`State::goto`](crate::State::goto) and its siblings. In a handler's signature write `Next` or
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
    pub(super) fn new(step: Step<S>) -> Self {
        Self { via: Via { step, error: None }, reply: Some(()) }
    }

    /// The value that the caller gets. Like the action `{reply, From, Reply}`; see [`Next`].
    pub fn reply<R>(self, reply: R) -> Next<R, Via<S, E, H>> {
        Next { via: self.via, reply: Some(reply) }
    }

    /// Commits, and refuses: the caller gets `error`. See [`State::stay_mut`](crate::State::stay_mut).
    pub fn refuse<R>(self, error: E) -> Next<R, Via<S, E, H>> {
        Next { via: Via { step: self.via.step, error: Some(error) }, reply: None }
    }
}

impl<S: Server, R, E, const H: usize> Next<R, Via<S, E, H>> {
    /// Whether it takes an edge.
    #[inline]
    pub(crate) fn goes(&self) -> bool {
        matches!(self.via.step, Step::Go(_))
    }

    /// Carries the transition out. Between the two lines that touch it the state is gone: should
    /// the closure panic, it stays so.
    pub(crate) fn commit(self, server: &mut S, state: &mut Option<S::State>) -> Result<R, E> {
        if let Step::Keep(change) | Step::Go(change) = self.via.step {
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
            Step::Keep(_) => "keep",
            Step::Go(_) => "go",
        };
        let mut f = f.debug_struct("Next");
        f.field("step", &step).field("reply", &self.reply).field("error", &self.via.error).finish()
    }
}
