//! How a supervisor stops its children: it asks, waits as long as the child may take, then kills.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::{self, Instant};
use crate::error::ServerError;
use crate::exit::ExitReason;
use crate::node::{Node, Stop as How};
use crate::options::Shutdown;
use crate::stop::Stop;

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
                Ok(reason) => ended.push((node, reason)),
                Err(_) => killed.push(asked.kill()),
            },
        }
    }
    for asked in killed {
        let node = Arc::clone(&asked.node);
        ended.push((node, asked.ended().await));
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
}

impl Asked {
    fn new(node: Arc<dyn Node>, how: How) -> Self {
        let stop = Stop::of(Some(Arc::clone(&node)), how.clone(), wanted(&how));
        Self { node, how, stop }
    }

    fn kill(self) -> Self {
        Self::new(self.node, How::Kill)
    }

    async fn ended(mut self) -> ExitReason {
        self.poll_ended().await
    }

    async fn ended_by(mut self, until: Instant) -> ExitReason {
        match clock::timeout_at(until, self.poll_ended()).await {
            Ok(reason) => reason,
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
                Err(_) => return ExitReason::NotRunning,
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
