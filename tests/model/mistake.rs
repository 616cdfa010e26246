//! Mistakes that can be made in the protocol on purpose: the explorer must find each of them, or
//! its silence about the protocol without mistakes would say nothing.

/// One wrong step. Each is a mistake that is easily made, and some were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    /// The drain task finds the queue empty, lets go of the lock, and puts the body back.
    PutBackUnchecked,
    /// An inline caller puts the body back without a look at the queue.
    LeaveUnchecked,
    /// `parked` is set after the lock that put the body back.
    ParkedAfterUnlock,
    /// The drain task leaves its waker after the lock under which the body went back, or under which
    /// it looked at the queue.
    ParkedWakerLate,
    /// A parked drain task that shall go does not look whether work or a handler has come.
    RetireUnchecked,
    /// A waiting handler's waker is stored without another look at the kill flag.
    KillUnseen,
    /// Whether a handler waits is read before the lock under which the kill is noted.
    WaitedReadEarly,
    /// A kill is not heard while `terminate` runs.
    KillAtEndUnheard,
    /// `attention` is taken back after the lock under which no stop was found.
    AttentionClearedLate,
    /// A call is run inline though messages wait.
    InlinePastQueue,
    /// A call is run inline though an end was asked for.
    InlinePastStop,
    /// A message goes into the mailbox past the senders that wait for room.
    PushPastWaiters,
    /// How many messages the batch has is told after the lock under which it was taken.
    TakenLate,
    /// Senders that were let in are not told.
    AdmittedUntold,
    /// A handler that began inline goes on in a drain task of its own, beside the parked one.
    BesideParked,
    /// The next message is taken without a look at the end that a handler has decided.
    PlainPastEnd,
    /// The next message is taken without a look at the ends that were asked for.
    PlainPastStop,
    /// A caller's waker goes into its slot after the request was pushed, without a look at the slot.
    CallerWakerLate,
    /// A server that an inline handler ended is ended beside the parked drain task.
    EndBesideParked,
    /// A body whose server shall end goes back, and nobody is kept from it.
    EndUnannounced,
    /// A server without a client ends at once, though it has one again.
    OrphanUnchecked,
    /// A message leaves the middle of the queue, and the stops behind it keep their positions.
    PositionKept,
    /// The queue is emptied under one lock and closed under the next.
    ClosedLate,
    /// Ends that were asked for while the server closed are not told.
    WatcherForgotten,
    /// A server that closes gives its name back before `attention` is set.
    NameFreedEarly,
    /// The same of one that ends because nobody uses it.
    NameFreedEarlyAtRest,
}
