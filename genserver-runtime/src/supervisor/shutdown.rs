//! How a supervisor stops its children: it asks, waits as long as the child may take, then kills.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::{self, Instant};
use crate::error::ServerError;
use crate::exit::ExitReason;
use crate::ledger;
use crate::node::{Node, Stop as How};
use crate::options::Shutdown;
use crate::stop::Stop;
use crate::straggler::{Fate, Straggler};

/// Stops one child, and waits until it has ended; the reason it ended with.
pub(crate) async fn stop(node: &Arc<dyn Node>, shutdown: Shutdown) -> ExitReason {
    let (how, limit) = plan(shutdown);
    let asked = Asked::new(Arc::clone(node), how);
    match limit {
        None => asked.ended().await,
        Some(limit) => asked.ended_by(clock::after(limit)).await,
    }
}

/// Stops many children at once, each within its own time.
pub(crate) async fn stop_all(
    children: Vec<(Arc<dyn Node>, Shutdown)>,
) -> Vec<(Arc<dyn Node>, ExitReason)> {
    let now = Instant::now();
    let mut asked: Vec<_> = children
        .into_iter()
        .map(|(node, shutdown)| {
            let (how, limit) = plan(shutdown);
            let until = limit.and_then(|limit| now.checked_add(limit));
            (until, Asked::new(node, how))
        })
        .collect();
    // Whoever has the least time is waited for first, so that each is killed in time.
    asked.sort_by_key(|(until, _)| (until.is_none(), *until));
    let mut ended = Vec::with_capacity(asked.len());
    let mut killed = Vec::new();
    for (until, mut asked) in asked {
        let node = Arc::clone(&asked.node);
        match until {
            None => killed.push(asked),
            Some(until) => match clock::timeout_at(until, asked.poll_ended()).await {
                Ok(reason) => ended.push((node, asked.note(reason))),
                Err(_) => killed.push(asked.kill()),
            },
        }
    }
    for mut asked in killed {
        let node = Arc::clone(&asked.node);
        let reason = asked.poll_ended().await;
        ended.push((node, asked.note(reason)));
    }
    ended
}

fn plan(shutdown: Shutdown) -> (How, Option<Duration>) {
    match shutdown {
        Shutdown::After(limit) => (How::Now(ExitReason::Shutdown), Some(limit)),
        Shutdown::Kill => (How::Kill, None),
        Shutdown::Infinity => (How::Now(ExitReason::Shutdown), None),
    }
}

/// A child that was asked to end.
struct Asked {
    node: Arc<dyn Node>,
    how: How,
    stop: Stop,
    /// What it did when its time was over.
    late: Option<Straggler>,
    /// Whether it ends as it is meant to where it is killed.
    to_be_killed: bool,
}

impl Asked {
    fn new(node: Arc<dyn Node>, how: How) -> Self {
        let stop = Stop::of(Some(Arc::clone(&node)), how.clone(), wanted(&how));
        let to_be_killed = matches!(how, How::Kill);
        Self { node, how, stop, late: None, to_be_killed }
    }

    fn kill(self) -> Self {
        let late = Some(Straggler::of(&self.node, Fate::Killed));
        Self { late, to_be_killed: self.to_be_killed, ..Self::new(self.node, How::Kill) }
    }

    /// Has it noted for the application where it had to be killed.
    fn note(self, reason: ExitReason) -> ExitReason {
        if reason == ExitReason::Killed && !self.to_be_killed {
            let late = self.late.unwrap_or_else(|| Straggler::of(&self.node, Fate::Killed));
            ledger::note_killed(&self.node, &late);
        }
        reason
    }

    async fn ended(mut self) -> ExitReason {
        let reason = self.poll_ended().await;
        self.note(reason)
    }

    async fn ended_by(mut self, until: Instant) -> ExitReason {
        match clock::timeout_at(until, self.poll_ended()).await {
            Ok(reason) => self.note(reason),
            Err(_) => self.kill().ended().await,
        }
    }

    async fn poll_ended(&mut self) -> ExitReason {
        loop {
            match (&mut self.stop).await {
                Ok(()) => return wanted(&self.how),
                Err(ServerError::Exit(reason)) => return reason,
                // The child waits for its supervisor, which answers it when the child has ended: the
                // child was told of the circle, or will be when its time is over.
                Err(ServerError::Deadlock(_)) => {
                    let (node, reason) = (Arc::clone(&self.node), wanted(&self.how));
                    self.stop = Stop::unnoticed(node, self.how.clone(), reason);
                }
                // It ended before it was asked to, and knows why.
                Err(_) => return self.node.end_reason().unwrap_or(ExitReason::NotRunning),
            }
        }
    }
}

fn wanted(how: &How) -> ExitReason {
    match how {
        How::After(reason) | How::Now(reason) | How::Exit(reason) => reason.clone(),
        How::Kill => ExitReason::Killed,
    }
}
