//! What a call comes to, as its caller sees it.

use crate::error::{CallError, ServerError};

/// What awaiting a call gives: the handler's reply, or why there is none.
///
/// Without bounds, so that a call whose reply is a `&'static str` can be awaited in a future that
/// must be `Send`: there rustc looks at the reply with its lifetime forgotten.
#[doc(hidden)]
pub trait Outcome {
    type Reply;

    fn reply(reply: Self::Reply) -> Self;

    fn error(error: ServerError) -> Self;
}

impl<T> Outcome for Result<T, ServerError> {
    type Reply = T;

    fn reply(reply: T) -> Self {
        Ok(reply)
    }

    fn error(error: ServerError) -> Self {
        Err(error)
    }
}

impl<T, E> Outcome for Result<T, CallError<E>> {
    type Reply = Result<T, E>;

    fn reply(reply: Result<T, E>) -> Self {
        reply.map_err(CallError::Reply)
    }

    fn error(error: ServerError) -> Self {
        Err(CallError::Server(error))
    }
}
