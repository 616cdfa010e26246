//! A thousand sessions, a hundred of which crash.
//!
//! What crashes by hand is gone, and each of its users has to find out alone. A supervisor starts it
//! again, and the clients that its users hold find it; and nobody is left when the supervisor goes.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use genserver_runtime::prelude::*;

const SESSIONS: usize = 1_000;
const CRASHES: usize = 100;

/// Counts the sessions that are in memory.
struct Ticket(Arc<AtomicUsize>);

impl Ticket {
    fn new(alive: Arc<AtomicUsize>) -> Self {
        alive.fetch_add(1, Ordering::Relaxed);
        Self(alive)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

mod by_hand {
    use tokio::sync::{mpsc, oneshot};

    use super::Ticket;

    /// A page, and where the number of visits goes.
    type Visit = (&'static str, oneshot::Sender<usize>);

    pub(super) fn start(ticket: Ticket) -> mpsc::Sender<Visit> {
        let (sender, mut receiver) = mpsc::channel::<Visit>(16);
        tokio::spawn(async move {
            let _ticket = ticket;
            let mut visits = 0;
            while let Some((page, reply)) = receiver.recv().await {
                assert!(page != "/crash", "no such page");
                visits += 1;
                let _ = reply.send(visits);
            }
        });
        sender
    }

    pub(super) async fn visit(session: &mpsc::Sender<Visit>, page: &'static str) -> Option<usize> {
        let (reply, answer) = oneshot::channel();
        session.send((page, reply)).await.ok()?;
        answer.await.ok()
    }
}

/// A session that counts its visits.
pub struct Session {
    _ticket: Ticket,
    visits: usize,
}

#[genserver]
impl Session {
    #[init]
    fn new(alive: Arc<AtomicUsize>) -> Self {
        Self { _ticket: Ticket::new(alive), visits: 0 }
    }

    /// Shows a page, and tells how many it has shown.
    #[call]
    fn visit(&mut self, page: &'static str) -> usize {
        assert!(page != "/crash", "no such page");
        self.visits += 1;
        self.visits
    }
}

pub(crate) async fn show() -> Result<(), Box<dyn Error>> {
    by_hand().await;
    supervised().await
}

async fn by_hand() {
    let alive = Arc::new(AtomicUsize::new(0));
    let sessions: Vec<_> =
        (0..SESSIONS).map(|_| by_hand::start(Ticket::new(alive.clone()))).collect();
    let mut failed = 0;
    for session in &sessions[..CRASHES] {
        failed += usize::from(by_hand::visit(session, "/crash").await.is_none());
    }
    let mut answer = 0;
    for session in &sessions {
        answer += usize::from(by_hand::visit(session, "/").await.is_some());
    }
    println!("by hand: {failed} visits failed, then {answer} of {SESSIONS} sessions answer");
}

async fn supervised() -> Result<(), Box<dyn Error>> {
    let alive = Arc::new(AtomicUsize::new(0));
    let supervisor = Supervisor::one_for_one().intensity(100, Duration::from_secs(5)).await?;
    let mut sessions = Vec::new();
    for number in 0..SESSIONS {
        let alive = alive.clone();
        let start = move || Session::start(alive.clone());
        sessions.push(supervisor.start_child(format!("session-{number}"), start).await?);
    }
    let mut failed = 0;
    for session in &sessions[..CRASHES] {
        failed += usize::from(session.visit("/crash").await.is_err());
    }
    let mut answer = 0;
    for session in &sessions {
        answer += usize::from(session.visit("/").await.is_ok());
    }
    println!("macro:   {failed} visits failed, then {answer} of {SESSIONS} sessions answer");
    // The clients of its children keep nothing alive.
    supervisor.stop().await?;
    let left = alive.load(Ordering::Relaxed);
    println!("macro:   {left} sessions in memory without their supervisor");
    Ok(())
}
