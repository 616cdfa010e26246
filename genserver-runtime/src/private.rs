//! The door for generated code. Nothing here is covered by the version's promise.

pub use crate::__serde_names as serde_names;
pub use crate::__upgrade as upgrade;
pub use crate::address::{Address, AnyAddress};
pub use crate::body::{Body, ends, peek, peek_mut};
pub use crate::clock::{Instant, after};
pub use crate::core::Core;
pub use crate::dispatch::{answer, answer_now, block, defer, notify, notify_now};
pub use crate::exit::crash;
pub use crate::format::{Shown, Unshown, show, show_machine};
pub use crate::info::{Receives, Target};
pub use crate::machine::{
    At, Declares, DeclaresFrom, Drives, Hooked, Leaf, Lend, LendAny, Reaches, ReachesFrom,
    Requested, Requests, Sample, Source, Variant, Via, at, beyond, follow, hook, lend, lend_any,
    state_at,
};
#[cfg(feature = "serde")]
pub use crate::name::{deserialize_name, serialize_name};
pub use crate::options::Restart;
pub use crate::options::{Handler, Kind, Missed, Options, Overflow, Served, Shutdown};
pub use crate::place::Place;
pub use crate::reply::ReplyTo;
pub use crate::server::{
    Begin, Block, Continues, Defer, Idle, Idles, Leaf as LeafText, Message, Method, Mode, Notify,
    Request, ServedBy, Server, StateTimeout, Takes, Tick,
};
pub use crate::slot::Answerable;
pub use crate::tracked::{
    Allows, AnotherState, Arrive, NoWay, Parted, Way1, Way2, Way3, Way4, WayOn,
};
pub use crate::travel::{Argument, Carries, IsResult, Settles, Travels, settled, travels};
#[cfg(feature = "upgrade")]
pub use crate::upgrade::{
    Exported, Fails, Form, Keeps, Restores, Stored, Upgrade, Versioned, VersionedClient, Yields,
    fails, form, form_machine, restore, stored, yields,
};

use std::time::Duration;

use crate::call::Call;
use crate::cast::Cast;
use crate::outcome::Outcome;
use crate::post::Post;
use crate::start::Start;
use crate::tracked::{StartTracked, Step};

/// What a macro of this crate names where the user's crate may have no serde.
#[cfg(feature = "serde")]
pub mod serde {
    pub use serde::{Deserialize, Deserializer, Serialize, Serializer};
}

/// The names of the state graph's parts.
pub mod graph {
    pub use genserver_graph::{Edge, Group, State, Trigger};
}

#[inline]
pub fn call<O: Outcome, S: Server, A, const H: usize>(
    address: &Address<S>,
    args: A,
) -> Call<'_, O, S, A, H> {
    Call::new(address, args)
}

/// The size of a mailbox that is given by a constant: checked when it is compiled.
///
/// # Panics
///
/// Where there is no room.
#[must_use]
pub const fn room(size: u32) -> u32 {
    assert!(size > 0, "a mailbox needs room for a message");
    size
}

/// A time that is given by a constant: checked when it is compiled.
///
/// # Panics
///
/// Where there is none.
#[must_use]
pub const fn period(period: Duration) -> Duration {
    assert!(!period.is_zero(), "this duration cannot be zero");
    period
}

#[inline]
pub fn cast<S, const H: usize, A>(address: &Address<S>, args: A) -> Cast<'_, S>
where
    S: Notify<H, A>,
{
    Cast::new(address, S::message(args))
}

#[inline]
pub fn post<S, const H: usize, A>(address: &Address<S>, args: A) -> Post<'_, S>
where
    S: Notify<H, A>,
{
    Post::new(address, S::message(args))
}

#[inline]
pub fn step<T, N, O: Outcome, S: Server, A, const H: usize>(
    handle: T,
    args: A,
) -> Step<T, N, O, S, A, H> {
    Step::new(handle, args)
}

pub fn start_tracked<S: Server, C, A, E, N>(args: A) -> StartTracked<S, C, A, E, N> {
    StartTracked::new(args)
}

pub fn start<S: Server, C, A, E>(args: A) -> Start<S, C, A, E> {
    Start::new(args)
}
