//! What a library must be able to do to be compared.

use std::future::Future;

use crate::work::Sent;

/// A library that runs a server around `State`, and how its documentation says it is used.
pub trait Contender: 'static {
    /// What it is called in the tables.
    const NAME: &'static str;
    /// Whether its servers live on the thread that started them.
    const LOCAL: bool = false;
    /// Whether a producer waits while `ROOM` casts lie in the mailbox; otherwise it never waits.
    const BOUNDED: bool = true;
    /// Whether messages of one sender are handled in the order sent.
    const ORDERED: bool = true;

    /// What reaches a server.
    type Server: Clone + Send + Sync + 'static;
    /// What reaches a server that calls another one.
    type Relay: Clone + Send + Sync + 'static;

    /// Starts a server; it can be called at once.
    fn start() -> impl Future<Output = Self::Server> + Send;
    /// Starts a server whose asynchronous handler calls `to`.
    fn start_relay(to: Self::Server) -> impl Future<Output = Self::Relay> + Send;
    /// `State::add` in the server.
    fn call(server: &Self::Server) -> impl Future<Output = u64> + Send;
    /// `State::add_busily` in the server.
    fn call_busy(server: &Self::Server) -> impl Future<Output = u64> + Send;
    /// `State::add` in the server behind the relay.
    fn call_relay(relay: &Self::Relay) -> impl Future<Output = u64> + Send;
    /// `State::take` in the server, whose end is not waited for.
    fn cast(server: &Self::Server, sent: Sent) -> impl Future<Output = ()> + Send;
    /// Ends the server and waits until it has ended.
    fn stop(server: Self::Server) -> impl Future<Output = ()> + Send;
}

/// How many messages lie in a mailbox at the most, where a library has bounded ones.
pub const ROOM: usize = 1_024;
