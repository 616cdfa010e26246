//! Timers of a server: messages to come, once or again and again, and ends at a time.

use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use crate::clock::{self, Instant};
use crate::core::Core;
use crate::end::End;
use crate::id::ServerId;
use crate::item::{Item, Source};
use crate::node::Node;
use crate::options::Missed;
use crate::owned::{Boxed, What, own};
use crate::server::Server;
use crate::tick::{Deliver, run_ticks};

/// A timer that was set, by [`Cx::send_after`](crate::Cx::send_after) and its siblings or by
/// [`Client::send_after`](crate::Client::send_after) and its siblings.
///
/// It belongs to its server and ends with it; dropping this handle changes nothing. Like a timer
/// reference of `erlang:start_timer/3`.
///
/// ```
/// # use genserver_runtime::prelude::*; use std::time::Duration;
/// # struct Kettle; struct Boils; #[genserver] impl Kettle {
/// #     #[info] fn boils(&mut self, _: Boils) {}
/// # }
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let kettle = Kettle::start(Kettle).await?;
/// let timer = kettle.send_after(Duration::from_secs(90), Boils)?;
/// tokio::time::advance(Duration::from_secs(30)).await;
/// assert_eq!(timer.remaining(), Some(Duration::from_secs(60)));
/// assert_eq!(timer.cancel(), Some(Duration::from_secs(60)));
/// assert_eq!(timer.cancel(), None); // it was cancelled already
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Timer {
    armed: Arc<Armed>,
}

/// What a timer, its task and its message share.
pub(crate) struct Armed {
    state: AtomicU8,
    due: Mutex<Instant>,
    /// The message's name, or what happens.
    pub(crate) what: &'static str,
    pub(crate) period: Option<Duration>,
    owner: Option<ServerId>,
    abort: OnceLock<AbortHandle>,
}

/// It will fire; of an interval: again.
const LIVE: u8 = 0;
/// It has fired, and its message lies in the mailbox.
const FIRED: u8 = 1;
/// Its message was handled or dropped, or it was cancelled before it fired.
const OVER: u8 = 2;
/// As over, and a message of it that still lies in the mailbox is not handled.
const FLUSHED: u8 = 3;

impl Armed {
    fn new(due: Instant, what: &'static str, owner: Option<ServerId>) -> Self {
        Self {
            state: AtomicU8::new(LIVE),
            due: Mutex::new(due),
            what,
            period: None,
            owner,
            abort: OnceLock::new(),
        }
    }

    fn interval(
        due: Instant,
        what: &'static str,
        period: Duration,
        owner: Option<ServerId>,
    ) -> Self {
        Self { period: Some(period), ..Self::new(due, what, owner) }
    }

    fn moves(&self, from: u8, to: u8) -> bool {
        self.state.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    pub(crate) fn is_live(&self) -> bool {
        self.state.load(Ordering::Acquire) == LIVE
    }

    /// The server ended.
    pub(crate) fn void(&self) {
        self.moves(LIVE, OVER);
    }

    pub(crate) fn due(&self) -> Instant {
        *self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn put_off(&self, due: Instant) {
        *self.due.lock().unwrap_or_else(PoisonError::into_inner) = due;
    }

    pub(crate) fn left(&self) -> Duration {
        self.due().saturating_duration_since(Instant::now())
    }

    fn stop(&self) {
        if let Some(abort) = self.abort.get() {
            abort.abort();
        }
    }
}

/// A timer in its message, which is handled or dropped.
pub(crate) struct Fired(Arc<Armed>);

impl Fired {
    pub(crate) fn new(armed: &Arc<Armed>) -> Self {
        Self(Arc::clone(armed))
    }

    /// The message is taken out of the mailbox; `false` when it is not to be handled.
    pub(crate) fn take(&self) -> bool {
        self.0.moves(FIRED, OVER) || self.0.state.load(Ordering::Acquire) != FLUSHED
    }
}

impl Fired {
    /// Whether the message is not to be handled.
    pub(crate) fn is_flushed(&self) -> bool {
        self.0.state.load(Ordering::Acquire) == FLUSHED
    }

    pub(crate) fn armed(&self) -> &Arc<Armed> {
        &self.0
    }
}

impl Drop for Fired {
    fn drop(&mut self) {
        self.0.moves(FIRED, OVER);
    }
}

impl Timer {
    fn new(armed: Arc<Armed>) -> Self {
        Self { armed }
    }

    /// How long until it fires; `None` when it has fired, was cancelled, or its server has ended. Of
    /// an interval: until its next tick. Like `erlang:read_timer/1`.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        self.armed.is_live().then(|| self.armed.left())
    }

    /// Keeps it from firing; the time that was left, and `None` when it has fired or was cancelled
    /// already. A message that lies in the mailbox stays there: see
    /// [`cancel_and_flush`](Timer::cancel_and_flush). Like `erlang:cancel_timer/1`.
    #[expect(clippy::must_use_candidate, reason = "who cancels need not know what was left")]
    pub fn cancel(&self) -> Option<Duration> {
        if !self.armed.moves(LIVE, OVER) {
            return None;
        }
        self.armed.stop();
        Some(self.armed.left())
    }

    /// As [`cancel`](Timer::cancel), and a message of it that still lies in the mailbox will not be
    /// handled: then what was left is zero. `None` when there was nothing to keep from being handled.
    ///
    /// Stands for the dance of `cancel_timer` and a `receive .. after 0` in Erlang.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; use std::time::Duration;
    /// # struct Kettle(u32); #[derive(Clone)] struct Boils; #[genserver] impl Kettle {
    /// #     #[info] fn boils(&mut self, _: Boils) { self.0 += 1; }
    /// #     #[call] fn boiled(&self) -> u32 { self.0 }
    /// # }
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let kettle = Kettle::start(Kettle(0)).await?;
    /// let timer = kettle.send_after(Duration::ZERO, Boils)?; // lies in the mailbox
    /// assert_eq!(timer.cancel(), None);
    /// assert_eq!(timer.cancel_and_flush(), Some(Duration::ZERO));
    /// assert_eq!(kettle.boiled().await?, 0);
    /// # Ok(()) }
    /// ```
    #[expect(clippy::must_use_candidate, reason = "who cancels need not know what was left")]
    pub fn cancel_and_flush(&self) -> Option<Duration> {
        if self.armed.moves(LIVE, FLUSHED) {
            self.armed.stop();
            return Some(self.armed.left());
        }
        let flushed = self.armed.moves(FIRED, FLUSHED);
        if !flushed && self.armed.period.is_some() {
            // An interval that was cancelled before: its last tick may lie in the mailbox.
            self.armed.moves(OVER, FLUSHED);
        }
        flushed.then_some(Duration::ZERO)
    }

    /// What stands for something that may send a message when it comes to its end.
    pub(crate) fn token(what: &'static str, owner: ServerId) -> Self {
        Self::new(Arc::new(Armed::new(Instant::now(), what, Some(owner))))
    }

    /// It came to its end and sends: the token of its message, unless that is not wanted any more.
    pub(crate) fn fired(&self) -> Option<Fired> {
        self.armed.moves(LIVE, FIRED).then(|| Fired::new(&self.armed))
    }

    /// Whether its message lies in the mailbox.
    pub(crate) fn has_fired(&self) -> bool {
        self.armed.state.load(Ordering::Acquire) == FIRED
    }

    /// Whether its message may still be handled.
    pub(crate) fn is_pending(&self) -> bool {
        matches!(self.armed.state.load(Ordering::Acquire), LIVE | FIRED)
    }

    pub(crate) fn is(&self, armed: &Arc<Armed>) -> bool {
        Arc::ptr_eq(&self.armed, armed)
    }

    /// The server that it belongs to; `None` for one that looks its server up when it fires.
    pub(crate) fn owner(&self) -> Option<ServerId> {
        self.armed.owner
    }
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timer")
            .field("what", &self.armed.what)
            .field("remaining", &self.remaining())
            .finish_non_exhaustive()
    }
}

/// What happens when a timer fires.
pub(crate) enum Due<S: Server> {
    Message(S::Message),
    End(End),
}

impl<S: Server> Core<S> {
    /// Has something happen at a time; at once when it has come.
    pub(crate) fn arm(self: &Arc<Self>, at: Instant, due: Due<S>) -> Timer {
        self.arm_in(at, due, Self::deliver_from)
    }

    /// As [`arm`](Self::arm); what is due at once comes before the mailbox.
    pub(crate) fn arm_ahead(self: &Arc<Self>, at: Instant, due: Due<S>) -> Timer {
        self.arm_in(at, due, Self::put_ahead)
    }

    fn arm_in(
        self: &Arc<Self>,
        at: Instant,
        due: Due<S>,
        at_once: fn(&Arc<Self>, Item<S>),
    ) -> Timer {
        let what = match &due {
            Due::Message(message) => name_of::<S>(message),
            Due::End(end) => end.what(),
        };
        let armed = Arc::new(Armed::new(at, what, Some(self.id)));
        let timer = Timer::new(Arc::clone(&armed));
        if at <= Instant::now() {
            self.fire(&armed, due, at_once);
            return timer;
        }
        let core = Arc::downgrade(self);
        let shared = Arc::clone(&armed);
        let fire = Box::pin(async move {
            clock::sleep_until(at).await;
            if let Some(core) = core.upgrade() {
                core.fire(&shared, due, Self::deliver_from);
            }
        });
        own_timer(&(Arc::clone(self) as Arc<dyn Node>), &armed, fire);
        timer
    }

    fn deliver_from(self: &Arc<Self>, item: Item<S>) {
        self.deliver(item);
    }

    fn fire(self: &Arc<Self>, armed: &Arc<Armed>, due: Due<S>, send: fn(&Arc<Self>, Item<S>)) {
        match due {
            Due::Message(message) => {
                if armed.moves(LIVE, FIRED) {
                    let source = Source::Timer(Fired::new(armed), None);
                    send(self, Item::own(message, source));
                }
            }
            Due::End(end) => {
                if armed.moves(LIVE, OVER) {
                    end.come(Arc::clone(self) as Arc<dyn Node>);
                }
            }
        }
    }

    /// The `#[every]` handlers of a server that begins.
    pub(crate) fn open_ticks(self: &Arc<Self>) {
        for tick in S::TICKS {
            let what = S::HANDLERS[tick.handler].message;
            let make = || S::signal(tick.handler).expect("invariant: a tick has its message");
            drop(self.arm_interval(tick.period, tick.missed, what, make));
        }
    }

    /// Sends itself what `make` makes, again and again: at a fixed rate, one at a time.
    pub(crate) fn arm_interval(
        self: &Arc<Self>,
        period: Duration,
        missed: Missed,
        what: &'static str,
        mut make: impl FnMut() -> S::Message + Send + 'static,
    ) -> Timer {
        let first = clock::after(period);
        let armed = Arc::new(Armed::interval(first, what, period, Some(self.id)));
        let timer = Timer::new(Arc::clone(&armed));
        let core = Arc::downgrade(self);
        let owner = Weak::clone(&core) as Weak<dyn Node>;
        let deliver = Box::new(move |source| {
            core.upgrade().is_some_and(|core| core.deliver(Item::own(make(), source)))
        });
        let ticks = run_ticks(Arc::clone(&armed), period, missed, deliver, Some(owner));
        own_timer(&(Arc::clone(self) as Arc<dyn Node>), &armed, Box::pin(ticks));
        timer
    }
}

/// Has a server own the task of its timer.
fn own_timer(node: &Arc<dyn Node>, armed: &Arc<Armed>, task: Boxed) {
    match own(node, What::Timer(Arc::clone(armed)), task) {
        Some(abort) => drop(armed.abort.set(abort)),
        None => armed.void(),
    }
}

/// A timer that looks its server up when it fires; it belongs to the runtime that it was set in.
/// `None` outside of one.
pub(crate) fn arm_loose(
    at: Instant,
    what: &'static str,
    fire: Box<dyn FnOnce(Source) + Send>,
) -> Option<Timer> {
    let handle = Handle::try_current().ok()?;
    let armed = Arc::new(Armed::new(at, what, None));
    let shared = Arc::clone(&armed);
    let task = handle.spawn(async move {
        clock::sleep_until(at).await;
        if shared.moves(LIVE, FIRED) {
            fire(Source::Timer(Fired(shared), None));
        }
    });
    let _ = armed.abort.set(task.abort_handle());
    Some(Timer::new(armed))
}

/// An interval that looks its server up at each tick: see [`arm_loose`].
pub(crate) fn arm_loose_interval(
    period: Duration,
    what: &'static str,
    deliver: Deliver,
) -> Option<Timer> {
    let handle = Handle::try_current().ok()?;
    let armed = Arc::new(Armed::interval(clock::after(period), what, period, None));
    let ticks = run_ticks(Arc::clone(&armed), period, Missed::default(), deliver, None);
    let _ = armed.abort.set(handle.spawn(ticks).abort_handle());
    Some(Timer::new(armed))
}

fn name_of<S: Server>(message: &S::Message) -> &'static str {
    use crate::server::Message as _;
    S::HANDLERS[message.handler()].message
}
