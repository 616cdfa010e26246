//! The place of a reply: a slot that the server fills and the caller waits on.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};

use crate::error::ServerError;
use crate::exit::ExitReason;
use crate::frame::Deadline;
use crate::node::Node;
use crate::sweeper::Key;

mod expire;

pub(crate) use expire::Expire;

/// The place where one reply is left and taken.
pub(crate) struct Slot<T> {
    state: Mutex<State<T>>,
    /// The server that was asked. It goes on living no longer for that: only its clients hold it.
    node: Option<Arc<dyn Node>>,
    /// Until when the caller waits, as far as it was known when it asked.
    asked: Deadline,
    /// Whether the state knows better.
    timed: AtomicBool,
    /// Whether nobody waits any more, for those who need not know it for sure.
    over: AtomicBool,
    /// Whether the handler has begun.
    started: AtomicBool,
    /// Whether the handler has returned and left the reply to somebody.
    deferred: AtomicBool,
    /// The request's number in its mailbox; 0 while it waits for room.
    seq: AtomicU64,
}

struct State<T> {
    value: Value<T>,
    caller: Option<Waker>,
    /// Who waits for the caller to go.
    closing: Option<Waker>,
    deadline: Deadline,
    /// The sweeper's place of a call that was on its server's roll.
    key: Option<Key>,
}

enum Value<T> {
    Waiting,
    Ready(T),
    Failed(ServerError),
    Expired,
    /// Taken, or given up by the caller.
    Gone,
}

/// What a caller leaves that goes. All of it is the user's.
#[must_use = "whoever waits for the caller to go is not told otherwise"]
pub(crate) struct Left<T> {
    value: Value<T>,
    caller: Option<Waker>,
    closing: Option<Waker>,
}

impl<T> Left<T> {
    pub(crate) fn tell(self) {
        drop((self.value, self.caller));
        if let Some(closing) = self.closing {
            closing.wake();
        }
    }
}

/// What a caller finds in its slot.
pub(crate) enum Found<T> {
    Reply(T),
    Error(ServerError),
    /// The sweeper found the time over.
    Expired,
}

impl<T> State<T> {
    /// Takes what is there.
    fn take(&mut self) -> Found<T> {
        match std::mem::replace(&mut self.value, Value::Gone) {
            Value::Ready(reply) => Found::Reply(reply),
            Value::Failed(error) => Found::Error(error),
            Value::Expired => Found::Expired,
            Value::Gone => panic!("a reply was polled after it had been taken"),
            Value::Waiting => unreachable!("invariant: asked for where something is there"),
        }
    }
}

impl<T> Slot<T> {
    /// A place for what is no reply to a request.
    pub(crate) fn new(deadline: Deadline) -> Arc<Self> {
        Self::make(None, deadline, None)
    }

    /// The place of the reply to a request to `node`, with who is to be woken for it.
    pub(crate) fn of(node: Arc<dyn Node>, deadline: Deadline, caller: Option<Waker>) -> Arc<Self> {
        Self::make(Some(node), deadline, caller)
    }

    #[inline]
    fn make(node: Option<Arc<dyn Node>>, deadline: Deadline, caller: Option<Waker>) -> Arc<Self> {
        Arc::new(Self {
            node,
            state: Mutex::new(State {
                value: Value::Waiting,
                caller,
                closing: None,
                deadline,
                key: None,
            }),
            asked: deadline,
            timed: AtomicBool::new(false),
            over: AtomicBool::new(false),
            started: AtomicBool::new(false),
            deferred: AtomicBool::new(false),
            seq: AtomicU64::new(0),
        })
    }

    /// The server that was asked.
    pub(crate) fn node(&self) -> &Arc<dyn Node> {
        self.node.as_ref().expect("invariant: the slot of a request has its server")
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves a value; gives it back when nobody waits any more.
    #[inline]
    fn fill(&self, value: Value<T>) -> Result<(), Value<T>> {
        let (caller, closing) = {
            let mut state = self.lock();
            if !matches!(state.value, Value::Waiting) {
                return Err(value);
            }
            state.value = value;
            self.over.store(true, Ordering::Relaxed);
            (state.caller.take(), state.closing.take())
        };
        if let Some(caller) = caller {
            caller.wake();
        }
        if let Some(closing) = closing {
            closing.wake();
        }
        Ok(())
    }

    /// Leaves a reply; gives it back when nobody waits any more.
    #[inline]
    pub(crate) fn reply(&self, reply: T) -> Result<(), T> {
        match self.fill(Value::Ready(reply)) {
            Err(Value::Ready(reply)) => Err(reply),
            _ => Ok(()),
        }
    }

    /// The right to reply was dropped.
    pub(crate) fn dropped(&self) {
        let _ = self.fill(Value::Failed(ServerError::NoReply));
    }

    /// Ready when the caller has gone.
    pub(crate) fn poll_closed(&self, cx: &Context<'_>) -> Poll<()> {
        // A waker is the user's: it is copied and dropped where nothing is locked.
        let closing = cx.waker().clone();
        let (polled, _old) = {
            let mut state = self.lock();
            match state.value {
                Value::Waiting => (Poll::Pending, state.closing.replace(closing)),
                _ => (Poll::Ready(()), Some(closing)),
            }
        };
        polled
    }

    /// Keeps the waker of the caller while it waits; `false` when it need not.
    fn keep_caller(&self, cx: &Context<'_>) -> bool {
        // A waker is the user's: it is copied and dropped where nothing is locked.
        let caller = cx.waker().clone();
        let (waiting, _old) = {
            let mut state = self.lock();
            match state.value {
                Value::Waiting => (true, state.caller.replace(caller)),
                _ => (false, Some(caller)),
            }
        };
        waiting
    }

    #[inline]
    pub(crate) fn poll(&self, cx: &Context<'_>) -> Poll<Found<T>> {
        {
            let mut state = self.lock();
            if !matches!(state.value, Value::Waiting) {
                return Poll::Ready(state.take());
            }
            if state.caller.as_ref().is_some_and(|caller| caller.will_wake(cx.waker())) {
                return Poll::Pending;
            }
        }
        if self.keep_caller(cx) { Poll::Pending } else { Poll::Ready(self.lock().take()) }
    }

    /// Whether the time is over; a reply that is there stays.
    pub(crate) fn poll_expired(&self, cx: &Context<'_>) -> bool {
        let kept = {
            let state = self.lock();
            state.caller.as_ref().is_some_and(|caller| caller.will_wake(cx.waker()))
        };
        (kept || !self.keep_caller(cx)) && matches!(self.lock().value, Value::Expired)
    }

    /// The caller goes: a later reply is nobody's.
    pub(crate) fn give_up(&self) {
        self.leave().tell();
    }

    /// The same; what the caller leaves is told and dropped by whoever asks.
    pub(crate) fn leave(&self) -> Left<T> {
        let mut state = self.lock();
        self.over.store(true, Ordering::Relaxed);
        let value = std::mem::replace(&mut state.value, Value::Gone);
        Left { value, caller: state.caller.take(), closing: state.closing.take() }
    }

    /// Tells the caller that no reply comes; `false` when it no longer waits.
    pub(crate) fn refuse(&self, error: ServerError) -> bool {
        self.fill(Value::Failed(error)).is_ok()
    }

    /// Whether somebody still waits.
    pub(crate) fn awaited(&self) -> bool {
        matches!(self.lock().value, Value::Waiting)
    }

    /// What tells this slot from others.
    pub(crate) fn identity(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    pub(crate) fn started(&self) -> bool {
        self.started.load(Ordering::Relaxed)
    }

    pub(crate) fn deferred(&self) -> bool {
        self.deferred.load(Ordering::Relaxed)
    }

    pub(crate) fn mark_deferred(&self) {
        self.deferred.store(true, Ordering::Relaxed);
    }

    pub(crate) fn mark_started(&self) {
        self.started.store(true, Ordering::Relaxed);
    }

    /// The handler begins. Until when its caller waits, to be asked at each poll: the clock of a
    /// queued call begins to run at the sweeper's next tick.
    #[inline]
    pub(crate) fn until(&self) -> impl FnMut() -> Deadline {
        self.mark_started();
        let mut known = self.deadline();
        move || {
            if let Deadline::Within(_) = known {
                known = self.deadline();
            }
            known
        }
    }

    pub(crate) fn seq(&self) -> u64 {
        self.seq.load(Ordering::Relaxed)
    }

    #[inline]
    pub(crate) fn deadline(&self) -> Deadline {
        if self.timed.load(Ordering::Acquire) { self.lock().deadline } else { self.asked }
    }

    /// The sweeper's place, to be given back: asked for when nobody waits any more, since when it gets none.
    #[inline]
    pub(crate) fn take_key(&self) -> Option<Key> {
        // Nearly always there is none, which is seen without the lock: it was held since one could come.
        if self.timed.load(Ordering::Acquire) { self.lock().key.take() } else { None }
    }

    pub(crate) fn set_deadline(&self, deadline: Deadline) {
        self.lock().deadline = deadline;
        self.timed.store(true, Ordering::Release);
    }
}

impl Slot<()> {
    /// The message was taken.
    pub(crate) fn accept(&self) {
        let _ = self.fill(Value::Ready(()));
    }
}

impl Slot<ExitReason> {
    /// The server ended.
    pub(crate) fn ended(&self, reason: ExitReason) {
        let _ = self.fill(Value::Ready(reason));
    }
}

/// A reply that can be refused without knowing its type.
#[doc(hidden)]
pub trait Answerable: Send + Sync {
    /// Tells the caller that no reply comes; `false` when it no longer waits.
    #[doc(hidden)]
    fn refuse(&self, error: ServerError) -> bool;

    /// The request got this number in its mailbox.
    #[doc(hidden)]
    fn enqueued(&self, seq: u64);

    /// Whether somebody still waits.
    #[doc(hidden)]
    fn awaited(&self) -> bool;

    /// Whether the handler has begun.
    #[doc(hidden)]
    fn started(&self) -> bool;

    /// What tells this slot from others.
    #[doc(hidden)]
    fn identity(&self) -> usize;
}

/// How many of those replies somebody still waits for.
pub(crate) fn awaited(deferred: &[Weak<dyn Answerable>]) -> usize {
    deferred.iter().filter(|reply| is_awaited(reply)).count()
}

/// Notes a reply that comes later; those that nobody waits for are forgotten now and then.
pub(crate) fn note_deferred(deferred: &mut Vec<Weak<dyn Answerable>>, owed: &Arc<dyn Answerable>) {
    if deferred.len() == deferred.capacity() {
        deferred.retain(is_awaited);
    }
    deferred.push(Arc::downgrade(owed));
}

fn is_awaited(reply: &Weak<dyn Answerable>) -> bool {
    reply.upgrade().is_some_and(|reply| reply.awaited())
}

impl<T: Send> Answerable for Slot<T> {
    fn refuse(&self, error: ServerError) -> bool {
        Self::refuse(self, error)
    }

    fn enqueued(&self, seq: u64) {
        self.seq.store(seq, Ordering::Relaxed);
    }

    fn awaited(&self) -> bool {
        Self::awaited(self)
    }

    fn started(&self) -> bool {
        Self::started(self)
    }

    fn identity(&self) -> usize {
        Self::identity(self)
    }
}
