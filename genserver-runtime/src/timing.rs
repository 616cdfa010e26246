//! Timers by name, event time-outs, and what belongs to the machine's present state.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::body::Body;
use crate::clock::{self, Instant};
use crate::context::Cx;
use crate::ending::drop_caught;
use crate::exit::Panic;
use crate::item::Framed;
use crate::machine::Machine;
use crate::server::{Server, Takes};
use crate::task::Task;
use crate::timer::{Armed, Due, Fired, Timer};

/// The timers and tasks of a server that depend on what comes.
pub(crate) struct Timings<S: Server> {
    /// State time-outs, each with the states that it is for.
    states: Vec<(&'static [usize], Timer)>,
    /// Tasks of the present state, each with what it may send when it is done.
    tasks: Vec<(Task, Option<Timer>)>,
    named: HashMap<Cow<'static, str>, Named<S>>,
    event: Option<Named<S>>,
}

struct Named<S: Server> {
    timer: Timer,
    /// Handled in place of what the timer was started with.
    updated: Option<S::Message>,
}

impl<S: Server> Default for Timings<S> {
    fn default() -> Self {
        Self { states: Vec::new(), tasks: Vec::new(), named: HashMap::new(), event: None }
    }
}

impl<S: Server> Timings<S> {
    pub(crate) fn bind_timeout(&mut self, states: &'static [usize], timer: Timer) {
        self.states.push((states, timer));
    }

    fn bind_task(&mut self, task: Task, sends: Option<Timer>) {
        if self.tasks.len() == self.tasks.capacity() {
            // What a task has sent may still lie in the mailbox.
            let sent = |sends: &Option<Timer>| sends.as_ref().is_some_and(Timer::has_fired);
            self.tasks.retain(|(task, sends)| !task.is_finished() || sent(sends));
        }
        self.tasks.push((task, sends));
    }

    /// The state is another one: what belonged to the old one ends.
    pub(crate) fn leave(&mut self, from: usize, to: usize) {
        debug_assert_ne!(from, to);
        self.states.retain(|(states, timer)| {
            let stays = states.contains(&to);
            if !stays {
                timer.cancel_and_flush();
            }
            stays
        });
        for (task, sends) in self.tasks.drain(..) {
            task.abort();
            if let Some(sends) = sends {
                sends.cancel_and_flush();
            }
        }
    }

    /// A message came that is not the event time-out's.
    fn disturb(&mut self) {
        if let Some(event) = self.event.take() {
            event.timer.cancel_and_flush();
            drop_caught::<S, _>(event.updated);
        }
    }

    /// Whether a state time-out runs.
    pub(crate) fn times_state(&self) -> bool {
        !self.states.is_empty()
    }

    fn is_empty(&self) -> bool {
        let Self { states, tasks, named, event } = self;
        states.is_empty() && tasks.is_empty() && named.is_empty() && event.is_none()
    }

    /// The message of a timer is handled; gives what it was updated to.
    fn handled(&mut self, armed: &Arc<Armed>) -> Option<S::Message> {
        if self.event.as_ref().is_some_and(|event| event.timer.is(armed)) {
            return self.event.take()?.updated;
        }
        self.states.retain(|(_, timer)| !timer.is(armed));
        let name = self.named.iter().find(|(_, named)| named.timer.is(armed));
        let name = name.map(|(name, _)| name.clone())?;
        self.named.remove(&name)?.updated
    }
}

impl<S: Server> Cx<S> {
    /// A message other than those of timers is about to be handled.
    #[inline]
    pub(crate) fn disturb(&mut self) {
        if let Some(timings) = self.known_timings() {
            timings.disturb();
        }
    }

    /// A timer's message is about to be handled: the one that it was updated to.
    #[cold]
    pub(crate) fn handled_timer(&mut self, fired: &Fired) -> Option<S::Message> {
        let timings = self.known_timings()?;
        let updated = timings.handled(fired.armed());
        // Another timer's message is an event like any other.
        timings.disturb();
        if timings.is_empty() {
            self.forget_timings();
        }
        updated
    }

    /// The timer of this name: one that can be started, stopped and changed without its [`Timer`].
    ///
    /// A server has as many as it has names for; started again, a timer is set anew. It stays when
    /// messages come and when the machine's state changes. Like the action `{{timeout, Name}, Time,
    /// Content}` of `gen_statem`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; use std::time::Duration;
    /// struct Door { open: bool }
    /// struct Close;
    ///
    /// #[genserver]
    /// impl Door {
    ///     #[call]
    ///     fn open(&mut self, cx: &mut Cx<Self>) {
    ///         self.open = true;
    ///         cx.timer("close").start(Duration::from_secs(10), Close); // begins anew
    ///     }
    ///
    ///     #[call]
    ///     fn hold(&mut self, cx: &mut Cx<Self>) {
    ///         cx.timer("close").cancel();
    ///     }
    ///
    ///     #[info]
    ///     fn close(&mut self, _: Close) { self.open = false }
    ///     # #[call] fn is_open(&self) -> bool { self.open }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let door = Door::start(Door { open: false }).await?;
    /// door.open().await?;
    /// tokio::time::sleep(Duration::from_secs(9)).await;
    /// door.open().await?;
    /// tokio::time::sleep(Duration::from_secs(9)).await;
    /// assert!(door.is_open().await?);
    /// tokio::time::sleep(Duration::from_secs(2)).await;
    /// assert!(!door.is_open().await?);
    /// # Ok(()) }
    /// ```
    pub fn timer(&mut self, name: impl Into<Cow<'static, str>>) -> NamedTimer<'_, S> {
        NamedTimer { cx: self, name: Some(name.into()) }
    }

    /// The event time-out: its message is handled if no other message comes before it. Any message
    /// cancels it, also one of a timer; so does being started again.
    ///
    /// Like the time-out `{timeout, Time, Content}` of `gen_statem`. [`set_idle`](Cx::set_idle) is
    /// for a server that waits in the same way again and again.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; use std::time::Duration;
    /// struct Keypad { typed: String }
    /// struct TooSlow;
    ///
    /// #[genserver]
    /// impl Keypad {
    ///     #[call]
    ///     fn press(&mut self, cx: &mut Cx<Self>, key: char) {
    ///         self.typed.push(key);
    ///         cx.event_timeout().start(Duration::from_secs(3), TooSlow);
    ///     }
    ///
    ///     #[info]
    ///     fn forget(&mut self, _: TooSlow) { self.typed.clear() }
    ///     # #[call] fn typed(&self) -> String { self.typed.clone() }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let keypad = Keypad::start(Keypad { typed: String::new() }).await?;
    /// keypad.press('1').await?;
    /// tokio::time::sleep(Duration::from_secs(2)).await;
    /// keypad.press('2').await?;
    /// tokio::time::sleep(Duration::from_secs(4)).await;
    /// assert_eq!(keypad.typed().await?, "");
    /// # Ok(()) }
    /// ```
    pub fn event_timeout(&mut self) -> NamedTimer<'_, S> {
        NamedTimer { cx: self, name: None }
    }

    /// Runs a future beside the machine for as long as it is in its present state: a change of state
    /// aborts it, also the change that the running handler decides. In an `#[enter]` method that is
    /// the state that was entered. See [`spawn`](Cx::spawn).
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; use genserver_runtime::StateCx;
    /// # struct Idle; struct Ringing; struct Phone; struct Rang;
    /// #[genserver(states(Idle: initial, Ringing))]
    /// impl Phone {
    ///     #[call(Idle => Ringing)]
    ///     fn ring(&self) {}
    ///
    ///     #[call(Ringing => Idle)]
    ///     fn answer(&self) {}
    ///
    ///     #[enter(Ringing)]
    ///     fn play(&mut self, cx: &mut StateCx<Self>) {
    ///         cx.spawn_in_state(std::future::pending()); // silent as soon as somebody answers
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let phone = Phone::start(Phone, Idle).await?;
    /// phone.ring().await?;
    /// assert_eq!(phone.sys().get_status()?.tasks, 1);
    /// phone.answer().await?;
    /// # tokio::task::yield_now().await;
    /// assert_eq!(phone.sys().get_status()?.tasks, 0);
    /// # Ok(()) }
    /// ```
    pub fn spawn_in_state(&mut self, future: impl Future<Output = ()> + Send + 'static) -> Task
    where
        S: Machine,
    {
        let task = self.spawn(future);
        self.timings().bind_task(task.clone(), None);
        task
    }

    /// As [`spawn_in_state`](Cx::spawn_in_state), and what the future comes to is sent to the
    /// `#[info]` handler of its type, as [`spawn_then`](Cx::spawn_then) does: unless the state has
    /// changed by then, even if the message lies in the mailbox.
    pub fn spawn_in_state_then<T, M>(
        &mut self,
        future: impl Future<Output = T> + Send + 'static,
        into_info: impl FnOnce(Result<T, Panic>) -> M + Send + 'static,
    ) -> Task
    where
        S: Machine + Takes<M>,
        T: Send + 'static,
        M: 'static,
    {
        let core = self.core();
        let sends = Timer::token("task", core.id);
        let task = core.spawn_then(future, into_info, Some(sends.clone()));
        self.timings().bind_task(task.clone(), Some(sends));
        task
    }
}

/// A timer by its name, or the event time-out: see [`Cx::timer`] and [`Cx::event_timeout`].
#[must_use = "it names a timer: start, update or cancel it"]
pub struct NamedTimer<'a, S: Server> {
    cx: &'a mut Cx<S>,
    /// `None` for the event time-out.
    name: Option<Cow<'static, str>>,
}

impl<S: Server> NamedTimer<'_, S> {
    /// Sends `message` to this server's `#[info]` handler after a time, in place of what this timer
    /// was started with before. It takes no room in the mailbox; for no time at all it comes before
    /// what lies there.
    pub fn start<M>(self, after: Duration, message: M)
    where
        S: Takes<M>,
    {
        self.start_at(clock::after(after), message);
    }

    /// As [`start`](NamedTimer::start), at a time. Like `{abs, true}`.
    pub fn start_at<M>(self, at: Instant, message: M)
    where
        S: Takes<M>,
    {
        self.arm(at, S::info(message));
    }

    fn arm(mut self, at: Instant, message: S::Message) {
        self.stop();
        let timer = self.cx.core().arm_ahead(at, Due::Message(message));
        let named = Named { timer, updated: None };
        let timings = self.cx.timings();
        match self.name {
            Some(name) => {
                if timings.named.len() == timings.named.capacity() {
                    timings.named.retain(|_, named| named.timer.is_pending());
                }
                timings.named.insert(name, named);
            }
            None => timings.event = Some(named),
        }
    }

    /// Keeps it from firing, also where its message lies in the mailbox already; the time that was
    /// left. `None` where there was nothing to cancel. Like `{{timeout, Name}, cancel}`.
    #[expect(clippy::must_use_candidate, reason = "who cancels need not know what was left")]
    pub fn cancel(mut self) -> Option<Duration> {
        let left = self.stop();
        if self.cx.known_timings().is_some_and(|timings| timings.is_empty()) {
            self.cx.forget_timings();
        }
        left
    }

    fn stop(&mut self) -> Option<Duration> {
        let timings = self.cx.known_timings()?;
        let named = match &self.name {
            Some(name) => timings.named.remove(name),
            None => timings.event.take(),
        };
        named?.timer.cancel_and_flush()
    }

    /// Has `message` handled in place of what it was started with: at the same time, also where that
    /// lies in the mailbox already; before what lies there if the timer does not run. Like
    /// `{{timeout, Name}, update, Content}`.
    pub fn update<M>(mut self, message: M)
    where
        S: Takes<M>,
    {
        let message = S::info(message);
        match self.named() {
            Some(named) => named.updated = Some(message),
            None => self.arm(Instant::now(), message),
        }
    }

    fn named(&mut self) -> Option<&mut Named<S>> {
        let timings = self.cx.known_timings()?;
        let named = match &self.name {
            Some(name) => timings.named.get_mut(name),
            None => timings.event.as_mut(),
        };
        named.filter(|named| named.timer.is_pending())
    }

    /// How long until it fires: nothing where its message waits to be handled. `None` where it does
    /// not run.
    #[must_use]
    pub fn remaining(mut self) -> Option<Duration> {
        self.named().map(|named| named.timer.remaining().unwrap_or_default())
    }
}

impl<S: Server> fmt::Debug for NamedTimer<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NamedTimer").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A message came, to be handled or postponed: the event time-out is void, and a timer's message is
/// what it was updated to. `false` for one that was flushed.
pub(crate) fn note_event<S: Server>(body: &mut Body<S>, framed: &mut Framed<S>) -> bool {
    let Some(fired) = framed.source.token() else {
        body.cx.disturb();
        return true;
    };
    if fired.is_flushed() {
        return false;
    }
    if let Some(updated) = body.cx.handled_timer(fired) {
        drop_caught::<S, _>(std::mem::replace(&mut framed.message, updated));
    }
    true
}
