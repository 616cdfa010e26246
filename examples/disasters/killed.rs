//! Five connections to a database, and the end of the server that holds them.
//!
//! Each has a write that has not been saved: to save it takes an `.await`, so no `Drop` can do it.
//! The loop by hand cleans up where it ends. A panic and an abort never come there.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use genserver_runtime::prelude::*;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, yield_now};

const CONNECTIONS: u32 = 5;

/// A database at the other end of some wire: it counts for itself.
#[derive(Default)]
pub(crate) struct Database {
    sessions: Mutex<Sessions>,
}

#[derive(Default)]
struct Sessions {
    opened: u32,
    /// The writes of each open session that have not been saved.
    open: BTreeMap<u32, u32>,
    saved: u32,
}

impl Database {
    fn open(&self) -> u32 {
        self.with(|sessions| {
            sessions.opened += 1;
            sessions.open.insert(sessions.opened, 0);
            sessions.opened
        })
    }

    fn write(&self, session: u32) {
        self.with(|sessions| *sessions.open.entry(session).or_default() += 1);
    }

    async fn save(&self, session: u32) {
        yield_now().await;
        self.with(|sessions| {
            sessions.saved += sessions.open.insert(session, 0).unwrap_or_default();
        });
    }

    fn close(&self, session: u32) {
        self.with(|sessions| sessions.open.remove(&session));
    }

    fn with<T>(&self, use_them: impl FnOnce(&mut Sessions) -> T) -> T {
        use_them(&mut self.sessions.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn tell(&self, who: &str) {
        let (open, saved) = self.with(|sessions| (sessions.open.len(), sessions.saved));
        println!("{who}: {open} connections open, {saved} of {CONNECTIONS} writes saved");
    }
}

/// The connections of a pool.
struct Connections {
    database: Arc<Database>,
    sessions: Vec<u32>,
    /// Whether they are closed when they are dropped.
    guarded: bool,
}

impl Connections {
    fn open(database: Arc<Database>, guarded: bool) -> Self {
        let sessions = (0..CONNECTIONS).map(|_| database.open()).collect();
        Self { database, sessions, guarded }
    }

    fn write(&self) {
        for &session in &self.sessions {
            self.database.write(session);
        }
    }

    async fn close(&mut self) {
        for session in std::mem::take(&mut self.sessions) {
            self.database.save(session).await;
            self.database.close(session);
        }
    }
}

/// The last resort.
impl Drop for Connections {
    fn drop(&mut self) {
        for &session in self.sessions.iter().filter(|_| self.guarded) {
            self.database.close(session);
        }
    }
}

/// What a pool is asked to do.
enum Message {
    Write,
    Break,
}

/// The pool by hand.
fn start(mut pool: Connections) -> (mpsc::Sender<Message>, JoinHandle<()>) {
    let (sender, mut receiver) = mpsc::channel(16);
    let task = tokio::spawn(async move {
        while let Some(message) = receiver.recv().await {
            match message {
                Message::Write => pool.write(),
                Message::Break => panic!("the pool broke"),
            }
        }
        pool.close().await;
    });
    (sender, task)
}

/// The pool as a server.
pub struct Pool {
    connections: Connections,
}

#[genserver]
impl Pool {
    #[init]
    fn new(database: Arc<Database>) -> Self {
        Self { connections: Connections::open(database, true) }
    }

    /// Writes by each connection.
    #[call]
    fn write(&self) {
        self.connections.write();
    }

    /// Panics.
    #[cast]
    fn break_down(&self) {
        panic!("the pool broke");
    }

    #[terminate]
    async fn close(&mut self, _: &ExitReason) {
        self.connections.close().await;
    }
}

pub(crate) async fn show() -> Result<(), Box<dyn Error>> {
    for (who, guarded) in [("by hand", false), ("by hand, with a guard", true)] {
        let database = Arc::new(Database::default());
        let (pool, task) = start(Connections::open(database.clone(), guarded));
        pool.send(Message::Write).await?;
        drop(pool);
        task.await?;
        database.tell(&format!("{who}, let go"));

        let database = Arc::new(Database::default());
        let (pool, task) = start(Connections::open(database.clone(), guarded));
        pool.send(Message::Write).await?;
        pool.send(Message::Break).await?;
        assert!(task.await.is_err_and(|end| end.is_panic()));
        database.tell(&format!("{who}, panicked"));

        let database = Arc::new(Database::default());
        let (pool, task) = start(Connections::open(database.clone(), guarded));
        pool.send(Message::Write).await?;
        yield_now().await;
        task.abort();
        assert!(task.await.is_err_and(|end| end.is_cancelled()));
        database.tell(&format!("{who}, aborted"));
    }
    served().await
}

async fn served() -> Result<(), Box<dyn Error>> {
    let database = Arc::new(Database::default());
    let pool = Pool::start(database.clone()).await?;
    pool.write().await?;
    pool.stop().await?;
    database.tell("macro, stopped");

    let database = Arc::new(Database::default());
    let opened = database.clone();
    let supervisor = Supervisor::one_for_one().await?;
    let pool = supervisor.start_child("pool", move || Pool::start(opened.clone())).await?;
    pool.write().await?;
    supervisor.stop().await?;
    database.tell("macro, its supervisor stopped");

    let database = Arc::new(Database::default());
    let pool = Pool::start(database.clone()).await?;
    pool.write().await?;
    pool.break_down().await?;
    pool.stop().await.expect_err("it broke down before");
    database.tell("macro, panicked");

    let database = Arc::new(Database::default());
    let pool = Pool::start(database.clone()).await?;
    pool.write().await?;
    pool.kill().await?;
    database.tell("macro, killed");
    Ok(())
}
