//! Sessions: many servers of one type, each found by its own key.

use std::collections::BTreeMap;

use genserver_runtime::prelude::*;

/// What one visitor has said so far.
pub struct Session {
    id: String,
    values: BTreeMap<String, String>,
}

#[genserver]
impl Session {
    /// An empty session.
    #[init]
    pub fn new(id: String) -> Self {
        Self { id, values: BTreeMap::new() }
    }

    /// Remembers a value; gives back the one before.
    #[call]
    pub fn put(&mut self, #[into] name: String, #[into] value: String) -> Option<String> {
        self.values.insert(name, value)
    }

    /// A value, if it is known.
    #[call]
    pub fn get(&self, #[into] name: String) -> Option<String> {
        self.values.get(&name).cloned()
    }

    #[terminate]
    fn close(&mut self, reason: &ExitReason) {
        println!("{} closed: {reason}, {} values", self.id, self.values.len());
    }
}

type Sessions = Registry<String, SessionClient>;

/// The session of that key: the running one, or a new one. Started once, also under a race.
async fn open(sessions: &Sessions, id: &str) -> Result<SessionClient, Box<dyn std::error::Error>> {
    match Session::start(id.to_owned()).key(sessions, id.to_owned()).await {
        Ok(session) | Err(StartError::AlreadyStarted(session)) => Ok(session),
        Err(error) => Err(error.into()),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sessions = Sessions::new();
    open(&sessions, "session-123").await?.put("user", "alice").await?;
    open(&sessions, "session-456").await?.put("user", "bob").await?;
    open(&sessions, "session-123").await?.put("cart", "3 books").await?;

    let mut keys = sessions.keys();
    keys.sort();
    println!("{} sessions: {}", sessions.len(), keys.join(", "));
    for key in keys {
        // By key: no handle was kept.
        let session = sessions.client(key.clone());
        println!(
            "{key}: user {:?}, cart {:?}",
            session.get("user").await?,
            session.get("cart").await?
        );
        session.stop().await?;
    }
    let gone = sessions.client("session-123".to_owned()).get("user").await.unwrap_err();
    println!("{} sessions; session-123: {gone}", sessions.len());
    Ok(())
}
