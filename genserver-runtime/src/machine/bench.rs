//! Where one handler at a time is run by hand: a server's body, and a runtime that nobody drives.

use std::future::Future;
use std::panic::resume_unwind;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, EnterGuard, Handle, Runtime};

use crate::body::Body;
use crate::clock;
use crate::context::Cx;
use crate::core::Core;
use crate::error::ServerError;
use crate::exit::ExitReason;
use crate::frame::Deadline;
use crate::home::Home;
use crate::inbox::Life;
use crate::late::{Late, Phase};
use crate::node::Node as _;
use crate::reply::ReplyTo;
use crate::server::{Message as _, Mode, Request, Server};
use crate::slot::{Found, Slot};
use crate::turn;

const GONE: &str = "the machine is gone: its handler panicked, or waited for something";

/// A server that is run by hand.
///
/// Its messages go the way of queued ones, so that what follows on a handler is what follows in a
/// running server. The runtime is there because a server's timers and tasks belong to one.
#[doc(hidden)]
pub struct Bench<S: Server> {
    /// `None` after a handler that did not come to its end.
    body: Option<Box<Body<S>>>,
    core: Arc<Core<S>>,
    runtime: Option<Runtime>,
}

impl<S: Server> Bench<S> {
    pub(crate) fn new(server: S, state: S::State) -> Self {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime without I/O asks nothing of the system");
        let home = Home::of(runtime.handle()).expect("invariant: the runtime has a clock");
        let core = Core::starting(home);
        core.lock().life = Life::Running;
        let body = Box::new(Body { server, state: Some(state), cx: Cx::new(&core) });
        Self { body: Some(body), core, runtime: Some(runtime) }
    }

    fn body(&self) -> &Body<S> {
        self.body.as_deref().expect(GONE)
    }

    pub(crate) fn state(&self) -> &S::State {
        self.body().state.as_ref().expect(GONE)
    }

    pub(crate) fn server(&self) -> &S {
        &self.body().server
    }

    pub(crate) fn stopped(&self) -> Option<&ExitReason> {
        self.body().cx.end_reason()
    }

    pub(crate) fn into_parts(mut self) -> (S, S::State) {
        let Body { server, state, .. } = *self.body.take().expect(GONE);
        (server, state.expect(GONE))
    }

    /// Runs the handler of a call.
    pub(crate) fn answer<A, R, const H: usize>(
        &mut self,
        args: A,
        limit: Deadline,
    ) -> Result<R, ServerError>
    where
        A: Send + 'static,
        R: Send + 'static,
        S: Request<H, A, R>,
    {
        self.admit(H)?;
        let slot = Slot::new(limit);
        let message = <S as Request<H, A, R>>::message(args, ReplyTo::new(Arc::clone(&slot)));
        // A handler on the blocking pool is waited for, as long as its caller would wait.
        let patience = match (S::MODE, limit) {
            (Mode::Queued, Deadline::Within(limit)) => limit,
            (Mode::Queued, Deadline::At(at)) => at.saturating_duration_since(clock::Instant::now()),
            (Mode::Queued, Deadline::Never) => Duration::MAX,
            _ => Duration::ZERO,
        };
        self.run(message, patience);
        match slot.poll(&Context::from_waker(Waker::noop())) {
            Poll::Ready(Found::Reply(reply)) => Ok(reply),
            Poll::Ready(Found::Error(error)) => Err(error),
            Poll::Ready(Found::Expired) | Poll::Pending => match self.stopped() {
                Some(reason) if reason.is_crash() => Err(ServerError::Exit(reason.clone())),
                _ => Err(late::<S>(H, Phase::Deferred)),
            },
        }
    }

    /// Whether the handler's message comes to it now.
    fn admit(&self, handler: usize) -> Result<(), ServerError> {
        if self.stopped().is_some() {
            return Err(ServerError::NotRunning);
        }
        if S::POSTPONES && S::postpones(handler, self.state()) {
            return Err(late::<S>(handler, Phase::Postponed));
        }
        Ok(())
    }

    /// Runs the handler of a cast or an info.
    pub(crate) fn notify(&mut self, message: S::Message) -> Result<(), ServerError> {
        let handler = message.handler();
        self.admit(handler)?;
        let refused = self.core.counters().refused;
        self.run(message, Duration::ZERO);
        if self.core.counters().refused > refused {
            return Err(turn::invalid::<S>(handler, self.state()));
        }
        match self.stopped() {
            Some(reason) if reason.is_crash() => Err(ServerError::Exit(reason.clone())),
            _ => Ok(()),
        }
    }

    /// Runs a message's handler, and those of what is continued with.
    fn run(&mut self, message: S::Message, patience: Duration) {
        let name = S::HANDLERS[message.handler()].name;
        let mut next = Some((name, message));
        while let Some((name, message)) = next {
            let body = self.body.take().expect(GONE);
            let mut body = self.handle(body, name, message, patience);
            if let Some(ending) = body.cx.ending() {
                if let ExitReason::Panic(panic) = &ending.reason {
                    resume_unwind(Box::new(panic.to_string()));
                }
                if !ending.withheld
                    && let Some((_, reply)) = ending.reply.take()
                {
                    reply();
                }
            }
            next = if body.cx.is_ending() { None } else { body.cx.next_continued() }
                .map(|message| (S::HANDLERS[message.handler()].name, message));
            self.body = Some(body);
        }
    }

    #[expect(clippy::unnecessary_box_returns, reason = "a body travels in its box")]
    fn handle(
        &self,
        mut body: Box<Body<S>>,
        name: &str,
        message: S::Message,
        patience: Duration,
    ) -> Box<Body<S>> {
        let message = {
            let _entered = self.enter();
            S::run_now(&self.core, &mut body, message)
        };
        let Some(message) = message else { return body };
        body.cx.run = Some(Arc::clone(&self.core));
        self.wait(S::dispatch(body, message), patience).unwrap_or_else(|| {
            panic!(
                "`{}::{name}` waits for something that is not ready, and here is nobody who could \
                 make it so: drive a handler that need not wait, or start the server",
                S::NAME
            )
        })
    }

    /// Enters its own runtime, where the caller is in none: a handler may use what only a runtime has.
    fn enter(&self) -> Option<EnterGuard<'_>> {
        let own = self.runtime.as_ref().filter(|_| Handle::try_current().is_err());
        own.map(Runtime::enter)
    }

    /// The future's output, where it comes without help from outside or in so much time.
    fn wait<F: Future>(&self, future: F, patience: Duration) -> Option<F::Output> {
        let _entered = self.enter();
        let woken = Arc::new(Woken(AtomicBool::new(false), thread::current()));
        let waker = Waker::from(Arc::clone(&woken));
        let mut cx = Context::from_waker(&waker);
        let mut future = pin!(future);
        let began = Instant::now();
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
                return Some(output);
            }
            while !woken.0.swap(false, Ordering::AcqRel) {
                thread::park_timeout(patience.checked_sub(began.elapsed())?);
            }
        }
    }
}

impl<S: Server> Drop for Bench<S> {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Also within a runtime, where waiting for one to end is a panic.
            runtime.shutdown_background();
        }
    }
}

/// What is not answered yet.
fn late<S: Server>(handler: usize, phase: Phase) -> ServerError {
    ServerError::Timeout(Box::new(Late {
        server: S::NAME,
        call: S::HANDLERS[handler].message,
        phase,
        busy: None,
        waited: Duration::ZERO,
        inherited: false,
    }))
}

struct Woken(AtomicBool, Thread);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.store(true, Ordering::Release);
        self.1.unpark();
    }
}
