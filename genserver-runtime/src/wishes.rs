//! What a handler asks of the server that runs it, for when it has returned.

use std::collections::VecDeque;

use crate::context::Cx;
use crate::server::Server;

/// What is to come before anything queued.
pub(crate) struct Wishes<S: Server> {
    continued: VecDeque<S::Message>,
    hibernate: bool,
}

impl<S: Server> Cx<S> {
    fn wishes(&mut self) -> &mut Wishes<S> {
        let none = || Box::new(Wishes { continued: VecDeque::new(), hibernate: false });
        self.wishes.get_or_insert_with(none)
    }

    /// Whether nothing is to be done when the running handler has returned.
    #[inline]
    pub(crate) fn is_quiet(&self) -> bool {
        self.ending.is_none() && self.wishes.is_none()
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
        self.wishes.take().is_some_and(|wishes| wishes.hibernate)
    }
}
