//! One made-up request to a running machine: what generated code makes, and what came of it.

use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::Poll;

use crate::address::{Address, AnyAddress};
use crate::call::Call;
use crate::cast::Cast;
use crate::error::ServerError;
use crate::machine::{Machine, Source};
use crate::server::{Mode, Notify, Request, Server};

/// What came of a request.
#[doc(hidden)]
#[derive(Debug)]
pub enum Came {
    /// It was handled.
    Done,
    /// The handler replied with an error of its own.
    Refused,
    Failed(ServerError),
}

#[doc(hidden)]
pub type Requested = Pin<Box<dyn Future<Output = Came> + Send>>;

/// A machine whose calls and casts can be made with made-up arguments.
///
/// The parameter keeps rustc from looking at the arguments of machines that nobody drives.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a machine",
    label = "a server without states",
    note = "declare its states: `#[genserver(states(..))]`"
)]
pub trait Drives<By>: Machine {
    /// Makes a request of a handler; `None` for one that is none of a client's.
    fn request(handler: usize, address: &Address<Self>, source: &mut Source) -> Option<Requested>;
}

/// Makes requests of one handler.
#[doc(hidden)]
#[derive(Debug)]
pub struct Requests<S, const H: usize>(PhantomData<fn() -> S>);

impl<S: Server, const H: usize> Requests<S, H> {
    /// Makes a call; `is_error` tells whether a reply refuses it.
    pub fn call<A, R>(address: &Address<S>, args: A, is_error: fn(&R) -> bool) -> Requested
    where
        A: Send + 'static,
        R: Send + 'static,
        S: Request<H, A, R>,
    {
        let address = address.clone();
        Box::pin(async move {
            let call = Call::<Result<R, ServerError>, S, A, H>::new(&address, args);
            let reply = if S::MODE == Mode::Deferred {
                deferred(&address, call).await
            } else {
                call.await.map(Some)
            };
            match reply {
                Ok(Some(reply)) if is_error(&reply) => Came::Refused,
                Ok(_) => Came::Done,
                Err(error) => Came::Failed(error),
            }
        })
    }

    /// Makes a cast.
    pub fn cast<A>(address: &Address<S>, args: A) -> Requested
    where
        S: Notify<H, A>,
    {
        let address = address.clone();
        let message = S::message(args);
        Box::pin(async move {
            if let Err(error) = Cast::new(&address, message).await {
                return Came::Failed(error.into());
            }
            // Its handler has returned by then, and what it has sent itself comes next.
            let asked: &dyn AnyAddress = &address;
            let _ = asked.ask_state().await;
            Came::Done
        })
    }
}

/// The reply that is there when the handler has returned, if there is one: it may come with a
/// later request.
async fn deferred<S, const H: usize, A, R>(
    address: &Address<S>,
    call: Call<'_, Result<R, ServerError>, S, A, H>,
) -> Result<Option<R>, ServerError>
where
    A: Send + 'static,
    R: Send + 'static,
    S: Request<H, A, R>,
{
    let mut reply = call.send().await?;
    let asked: &dyn AnyAddress = address;
    // Answered behind the request. Why it is not, the reply tells better.
    let _ = asked.ask_state().await;
    poll_fn(|cx| {
        Poll::Ready(match Pin::new(&mut reply).poll(cx) {
            Poll::Ready(reply) => reply.map(Some),
            Poll::Pending => Ok(None),
        })
    })
    .await
}
