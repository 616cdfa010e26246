//! What a client of a machine can ask of its server.

use std::future::Future;
use std::str::FromStr;

use crate::client::Client;
use crate::error::ServerError;

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
