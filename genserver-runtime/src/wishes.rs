//! What a handler asks of the server that runs it, for when it has returned, and the timers that
//! depend on what comes: the part of a context that few servers need.

use std::collections::VecDeque;

use crate::context::Cx;
use crate::ending::Ending;
use crate::exit::ExitReason;
use crate::machine::Transition;
use crate::server::Server;
use crate::timing::Timings;

/// What is to come before anything queued, and what is set.
pub(crate) struct Wishes<S: Server> {
    /// The end that was decided.
    ending: Option<Box<Ending>>,
    continued: VecDeque<S::Message>,
    hibernate: bool,
    /// A transition that was carried out, and whose consequences have not been yet.
    moved: Option<Transition>,
    timings: Option<Box<Timings<S>>>,
}

impl<S: Server> Default for Wishes<S> {
    fn default() -> Self {
        Self {
            ending: None,
            continued: VecDeque::new(),
            hibernate: false,
            moved: None,
            timings: None,
        }
    }
}

impl<S: Server> Wishes<S> {
    #[cold]
    fn is_quiet(&self) -> bool {
        self.ending.is_none()
            && self.continued.is_empty()
            && !self.hibernate
            && self.moved.is_none()
    }
}

impl<S: Server> Cx<S> {
    fn wishes(&mut self) -> &mut Wishes<S> {
        self.wishes.get_or_insert_default()
    }

    /// Whether nothing is to be done when the running handler has returned.
    #[inline]
    pub(crate) fn is_quiet(&self) -> bool {
        self.wishes.as_ref().is_none_or(|wishes| wishes.is_quiet())
    }

    /// Whether an end was decided.
    #[inline]
    pub(crate) fn is_ending(&self) -> bool {
        self.wishes.as_ref().is_some_and(|wishes| wishes.ending.is_some())
    }

    /// Why it ends, if it does.
    pub(crate) fn end_reason(&self) -> Option<&ExitReason> {
        Some(&self.wishes.as_ref()?.ending.as_ref()?.reason)
    }

    #[inline]
    pub(crate) fn ending(&mut self) -> Option<&mut Ending> {
        self.wishes.as_mut()?.ending.as_deref_mut()
    }

    /// Decides an end, in place of one that was decided before.
    pub(crate) fn end(&mut self, ending: Ending) {
        self.wishes().ending = Some(Box::new(ending));
    }

    pub(crate) fn take_ending(&mut self) -> Option<Box<Ending>> {
        self.wishes.as_mut()?.ending.take()
    }

    pub(crate) fn push_continued(&mut self, message: S::Message) {
        self.wishes().continued.push_back(message);
    }

    pub(crate) fn continues(&self) -> bool {
        self.wishes.as_ref().is_some_and(|wishes| !wishes.continued.is_empty())
    }

    #[inline]
    pub(crate) fn next_continued(&mut self) -> Option<S::Message> {
        self.wishes.as_mut()?.continued.pop_front()
    }

    /// How many messages were continued with and not handled.
    pub(crate) fn continued_left(&self) -> u64 {
        self.wishes.as_ref().map_or(0, |wishes| wishes.continued.len() as u64)
    }

    pub(crate) fn wish_hibernate(&mut self) {
        self.wishes().hibernate = true;
    }

    /// A message came before it could hibernate.
    #[inline]
    pub(crate) fn stay_awake(&mut self) {
        if let Some(wishes) = &mut self.wishes {
            wishes.hibernate = false;
        }
    }

    /// Whether it shall hibernate now; nothing is wished any more.
    #[inline]
    pub(crate) fn take_hibernate(&mut self) -> bool {
        let Some(wishes) = &mut self.wishes else { return false };
        let hibernate = std::mem::take(&mut wishes.hibernate);
        if wishes.timings.is_none() {
            self.wishes = None;
        }
        hibernate
    }

    /// Notes a transition whose consequences are to follow.
    pub(crate) fn moved(&mut self, transition: Transition) {
        self.wishes().moved = Some(transition);
    }

    /// Whether the consequences of a transition, or of the start, are to follow.
    #[inline]
    pub(crate) fn has_moved(&self) -> bool {
        self.wishes.as_ref().is_some_and(|wishes| wishes.moved.is_some())
    }

    #[inline]
    pub(crate) fn take_moved(&mut self) -> Option<Transition> {
        self.wishes.as_mut()?.moved.take()
    }

    /// The timers that depend on what comes; they are made for the first of them.
    pub(crate) fn timings(&mut self) -> &mut Timings<S> {
        self.wishes().timings.get_or_insert_default()
    }

    /// The same, where there are any.
    #[inline]
    pub(crate) fn known_timings(&mut self) -> Option<&mut Timings<S>> {
        self.wishes.as_mut()?.timings.as_deref_mut()
    }

    /// Whether a state time-out runs.
    pub(crate) fn times_state(&self) -> bool {
        let timings = self.wishes.as_ref().and_then(|wishes| wishes.timings.as_ref());
        timings.is_some_and(|timings| timings.times_state())
    }

    /// None of them is left.
    pub(crate) fn forget_timings(&mut self) {
        if let Some(wishes) = &mut self.wishes {
            wishes.timings = None;
        }
    }
}
