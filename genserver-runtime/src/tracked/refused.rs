//! Why a tracked machine was not led on.

use std::convert::Infallible;
use std::error::Error;
use std::fmt;

use crate::error::{CallError, Executed, ServerError};
use crate::tracked::Tracked;

/// Why a call did not lead a tracked machine on, with what is left of its handle.
///
/// `T` is the handle that was called, `E` the error of the call's handler,
/// [`Infallible`](std::convert::Infallible) where it cannot fail. `?` turns it into a [`CallError`],
/// without error of its own into a [`ServerError`]; with the handle goes its server then.
///
/// ```
/// use genserver_runtime::Refused;
/// # use genserver_runtime::prelude::*; struct Safe(u16); struct Shut; struct Open;
/// # #[derive(Debug)] struct Wrong; impl std::error::Error for Wrong {}
/// # impl std::fmt::Display for Wrong {
/// #     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("wrong") }
/// # }
/// # #[genserver(states(Shut: initial, Open), tracked)] impl Safe {
/// #     #[call(Open => Shut)] fn shut(&self) {}
/// #[call(Shut => Open)]
/// fn open(&self, st: &Shut, pin: u16) -> Result<Next, Wrong> {
///     if pin == self.0 { Ok(st.goto(|_| Open)) } else { Err(Wrong) }
/// }
/// # }
///
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let shut = Safe::start_tracked(Safe(1234), Shut).await?;
/// let shut = match shut.open(1).await {
///     Ok(_) => panic!("it is another pin"),
///     Err(Refused::Reply { handle, error: Wrong }) => handle, // a `SafeTracked<Shut>` as before
///     Err(other) => return Err(other.into()),
/// };
/// let _open = shut.open(1234).await?;
/// # Ok(()) }
/// ```
pub enum Refused<T: Tracked, E> {
    /// The handler replied with an error, and the machine is where it was.
    Reply {
        /// As before.
        handle: T,
        /// What the handler replied.
        error: E,
    },
    /// The handler replied with an error and moved the machine all the same, as
    /// [`Next::refuse`](crate::Next::refuse) does after a `goto`: its client tells where.
    Moved {
        /// The only one.
        client: T::Client,
        /// What the handler replied.
        error: E,
    },
    /// There is no reply, and so nobody knows where the machine is: its client can ask.
    ///
    /// `InvalidState` among the errors says that it was not where the handle said: it was moved past
    /// the handle, or its handler stayed where its guard declares no way to.
    Server {
        /// The only one.
        client: T::Client,
        /// Why there is no reply.
        error: ServerError,
    },
}

impl<T: Tracked, E> Refused<T, E> {
    /// The client of the machine, whatever became of the call. Like
    /// [`into_client`](Tracked::into_client) of the handle.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Lock; struct Open; struct Shut;
    /// # #[genserver(states(Open: initial, Shut), tracked)] impl Lock {
    /// #     #[call(Open => Shut)] fn shut(&self, cx: &mut Cx<Self>) { cx.stop(ExitReason::Normal) }
    /// #     #[call(Shut => Open)] fn open(&self) {}
    /// # }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let shut = Lock::start_tracked(Lock, Open).await?.shut().await?; // it stops then
    /// let client = shut.open().await.unwrap_err().into_client();
    /// assert!(!client.is_running());
    /// # Ok(()) }
    /// ```
    pub fn into_client(self) -> T::Client {
        match self {
            Self::Reply { handle, .. } => handle.into_client(),
            Self::Moved { client, .. } | Self::Server { client, .. } => client,
        }
    }

    /// As [`CallError::executed`].
    #[must_use]
    pub fn executed(&self) -> Executed {
        match self {
            Self::Reply { .. } | Self::Moved { .. } => Executed::Maybe,
            Self::Server { error, .. } => error.executed(),
        }
    }
}

impl<T: Tracked, E> From<Refused<T, E>> for CallError<E> {
    fn from(refused: Refused<T, E>) -> Self {
        match refused {
            Refused::Reply { error, .. } | Refused::Moved { error, .. } => Self::Reply(error),
            Refused::Server { error, .. } => Self::Server(error),
        }
    }
}

impl<T: Tracked> From<Refused<T, Infallible>> for ServerError {
    fn from(refused: Refused<T, Infallible>) -> Self {
        match refused {
            Refused::Server { error, .. } => error,
            Refused::Reply { error, .. } | Refused::Moved { error, .. } => match error {},
        }
    }
}

impl<T: Tracked, E: fmt::Debug> fmt::Debug for Refused<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reply { handle, error } => {
                f.debug_struct("Reply").field("handle", handle).field("error", error).finish()
            }
            Self::Moved { client, error } => {
                f.debug_struct("Moved").field("client", client).field("error", error).finish()
            }
            Self::Server { client, error } => {
                f.debug_struct("Server").field("client", client).field("error", error).finish()
            }
        }
    }
}

impl<T: Tracked, E: fmt::Display> fmt::Display for Refused<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reply { error, .. } | Self::Moved { error, .. } => error.fmt(f),
            Self::Server { error, .. } => error.fmt(f),
        }
    }
}

impl<T: Tracked, E: Error> Error for Refused<T, E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Reply { error, .. } | Self::Moved { error, .. } => error.source(),
            Self::Server { error, .. } => error.source(),
        }
    }
}
