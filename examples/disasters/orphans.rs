//! A thousand sessions whose users have gone.
//!
//! Each session looks after itself once a second. The loop that does so by hand lives for ever: that
//! its last handle is gone is one more thing that its author has to think of.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use genserver_runtime::prelude::*;
use tokio::time::sleep;

const SESSIONS: usize = 1_000;

/// Counts the sessions that are in memory, and what they do.
#[derive(Default)]
pub(crate) struct Census {
    alive: AtomicUsize,
    rounds: AtomicUsize,
}

/// What a session keeps.
struct Place {
    census: Arc<Census>,
}

impl Place {
    fn new(census: Arc<Census>) -> Self {
        census.alive.fetch_add(1, Ordering::Relaxed);
        Self { census }
    }

    fn look_around(&self) {
        self.census.rounds.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.census.alive.fetch_sub(1, Ordering::Relaxed);
    }
}

mod by_hand {
    use std::time::Duration;

    use tokio::select;
    use tokio::sync::{mpsc, oneshot};
    use tokio::time::interval;

    use super::Place;

    /// The only message: is there anybody?
    type Ping = oneshot::Sender<()>;

    pub(super) fn start(place: Place) -> mpsc::Sender<Ping> {
        let (sender, mut receiver) = mpsc::channel::<Ping>(16);
        tokio::spawn(async move {
            let mut clock = interval(Duration::from_secs(1));
            loop {
                // When the last sender is gone, the first branch is never taken again, and that
                // is all that happens.
                select! {
                    Some(reply) = receiver.recv() => drop(reply.send(())),
                    _ = clock.tick() => place.look_around(),
                }
            }
        });
        sender
    }

    pub(super) async fn ping(session: &mpsc::Sender<Ping>) -> Option<()> {
        let (reply, answer) = oneshot::channel();
        session.send(reply).await.ok()?;
        answer.await.ok()
    }
}

/// A session, as it should be.
pub struct Session {
    place: Place,
}

#[genserver]
impl Session {
    #[init]
    fn new(census: Arc<Census>) -> Self {
        Self { place: Place::new(census) }
    }

    /// Is there anybody?
    #[call]
    fn ping(&self) {}

    #[every("1s")]
    fn look_around(&mut self) {
        self.place.look_around();
    }
}

pub(crate) async fn show() -> Result<(), Box<dyn Error>> {
    let census = Arc::new(Census::default());
    let sessions: Vec<_> =
        (0..SESSIONS).map(|_| by_hand::start(Place::new(census.clone()))).collect();
    for session in &sessions {
        by_hand::ping(session).await.ok_or("no answer")?;
    }
    drop(sessions);
    tell("by hand:", &census).await;

    let census = Arc::new(Census::default());
    let mut sessions = Vec::new();
    for _ in 0..SESSIONS {
        sessions.push(Session::start(census.clone()).await?);
    }
    for session in &sessions {
        session.ping().await?;
    }
    drop(sessions);
    tell("macro:  ", &census).await;
    Ok(())
}

/// What is left when the users have gone, and what it does in ten seconds.
async fn tell(who: &str, census: &Census) {
    sleep(Duration::from_millis(500)).await;
    let before = census.rounds.load(Ordering::Relaxed);
    sleep(Duration::from_secs(10)).await;
    let rounds = census.rounds.load(Ordering::Relaxed) - before;
    let alive = census.alive.load(Ordering::Relaxed);
    println!("{who} {alive} sessions in memory, {rounds} rounds for nobody in 10s");
}
