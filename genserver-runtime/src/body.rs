//! What travels: the user's data, the machine's state, its context.

use crate::context::Cx;
use crate::machine::{Next, Variant, Via};
use crate::server::Server;

/// Everything that only the running server touches. Whoever holds it runs the server.
#[doc(hidden)]
pub struct Body<S: Server> {
    pub server: S,
    /// `None` only while a commit runs, and after one that panicked.
    pub state: Option<S::State>,
    pub cx: Cx<S>,
}

impl<S: Server> Body<S> {
    /// The parts that a handler borrows side by side.
    pub fn parts(&mut self) -> (&mut S, &mut S::State, &mut Cx<S>) {
        let state = self.state.as_mut().expect("invariant: a state is lost only with its server");
        (&mut self.server, state, &mut self.cx)
    }

    /// Carries out a handler's transition.
    pub fn commit<R, E, const H: usize>(&mut self, next: Next<R, Via<S, E, H>>) -> Result<R, E> {
        if !next.goes() {
            return next.commit(&mut self.server, &mut self.state);
        }
        self.go(H, |body| next.commit(&mut body.server, &mut body.state))
    }

    /// Goes to a state that needs no data of the one before.
    pub fn enter<T: Variant<S>, const H: usize>(&mut self, state: T) {
        self.go(H, |body| body.state = Some(state.into_state()));
    }
}

/// Whether an end was decided: what would go on stops.
#[doc(hidden)]
#[must_use]
pub fn ends<S: Server>(body: &Body<S>) -> bool {
    body.cx.is_ending()
}

/// The state parameter of a handler whose guard was checked.
#[doc(hidden)]
pub fn peek<S: Server, T: Variant<S>>(state: &S::State) -> &T {
    T::peek(state).expect("invariant: the guard accepted the state")
}

/// As [`peek`], for what may change it.
#[doc(hidden)]
pub fn peek_mut<S: Server, T: Variant<S>>(state: &mut S::State) -> &mut T {
    T::peek_mut(state).expect("invariant: the guard accepted the state")
}
