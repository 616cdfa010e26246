//! The tracked client: a handle whose type is the machine's state.

mod refused;
mod start;
mod step;
mod way;

use std::fmt;

use crate::address::Address;
use crate::client::Client;
use crate::server::Server;

pub use self::refused::Refused;
pub use self::start::StartTracked;
pub use self::step::{Parted, Step};
pub use self::way::{Allows, AnotherState, NoWay, Way1, Way2, Way3, Way4, WayOn};

/// A handle of a machine that its owner alone moves: its type says in which state the machine is.
///
/// With the option `tracked` of [`#[genserver]`](macro@crate::genserver), `Door::start_tracked(..)`
/// gives a `DoorTracked<Shut>`. A call that moves the machine takes the handle and gives the handle
/// of the state that it has led to, or [`Refused`]; one that may lead to several states gives the
/// enum of their handles, `DoorAfterOpen`. A reply comes before the handle, in a tuple. What does
/// not move the machine is called by reference, as on any client, in the states that allow it. A
/// call in another state does not compile.
///
/// That the type is right rests on the handle being the only one: it is not `Clone`, and its server
/// has no name and no key; what [`servers`](crate::servers) finds can be looked at and suspended, not
/// moved. Only what the server itself gives away, `cx.client()`, goes past it, also with
/// [`Sys::replace_machine`](crate::Sys::replace_machine); then a call fails with an error, and no
/// more. The server ends with its handle.
///
/// The prelude brings the trait in. OTP has no such thing: there the caller keeps in mind where a
/// `gen_statem` is.
///
/// ```
/// use genserver_runtime::prelude::*;
///
/// struct Shut;
/// struct Open {
///     visitors: u32,
/// }
/// struct Door;
///
/// #[genserver(states(Shut: initial, Open), tracked)]
/// impl Door {
///     #[call(Shut => Open)]
///     fn open(&self, st: &Shut) -> Next {
///         st.goto(|_| Open { visitors: 0 })
///     }
///
///     #[call(Open)]
///     fn enter(&self, st: &mut Open) {
///         st.visitors += 1;
///     }
///
///     #[call(Open => Shut)]
///     fn close(&self, st: &Open) -> Next<u32> {
///         st.goto(|_| Shut).reply(st.visitors)
///     }
/// }
///
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let shut = Door::start_tracked(Door, Shut).await?; // a `DoorTracked<Shut>`
/// let open = shut.open().await?;
/// open.enter().await?;
/// let (visitors, shut) = open.close().await?;
/// assert_eq!(visitors, 1);
/// let client = shut.into_client(); // a `DoorClient`, for others too
/// assert_eq!(client.state().await?, DoorStateName::Shut);
/// # Ok(()) }
/// ```
///
/// ```compile_fail
/// # use genserver_runtime::prelude::*; struct Door; struct Open; struct Shut;
/// # #[genserver(states(Shut: initial, Open), tracked)] impl Door {
/// #     #[call(Shut => Open)] fn open(&self) {}
/// #     #[call(Open => Shut)] fn close(&self) {}
/// # }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let shut = Door::start_tracked(Door, Shut).await?;
/// shut.close().await?; // `close` cannot be called while the door is `Shut`
/// # Ok(()) }
/// ```
pub trait Tracked: Sized + fmt::Debug + Send + Sync + 'static {
    /// The machine's client.
    type Client: Client;

    #[doc(hidden)]
    type Server: Server;

    /// The state's place in [`Server::STATES`].
    #[doc(hidden)]
    const LEAF: usize;

    #[doc(hidden)]
    fn __address(&self) -> &Address<Self::Server>;

    /// Only for a client that nobody else has, of a machine in this state.
    #[doc(hidden)]
    fn __of(client: Self::Client) -> Self;

    /// Gives the tracking up: a client, which can be cloned and given to others. For an example see
    /// [`Tracked`].
    fn into_client(self) -> Self::Client;
}

/// What a call or a start that has led to a state gives: the handle, or the enum of those that it
/// may be; with a reply a tuple of both.
#[doc(hidden)]
pub trait Arrive<C, R>: Sized {
    /// `None` where it has no handle for the leaf.
    fn arrive(client: impl FnOnce() -> C, leaf: usize, reply: R) -> Option<Self>;
}

impl<T: Tracked> Arrive<T::Client, ()> for T {
    fn arrive(client: impl FnOnce() -> T::Client, leaf: usize, (): ()) -> Option<Self> {
        (leaf == T::LEAF).then(|| T::__of(client()))
    }
}

impl<C, R, N: Arrive<C, ()>> Arrive<C, R> for (R, N) {
    fn arrive(client: impl FnOnce() -> C, leaf: usize, reply: R) -> Option<Self> {
        N::arrive(client, leaf, ()).map(|next| (reply, next))
    }
}
