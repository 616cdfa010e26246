//! A `#[cfg]` takes all of a hook and of a time-out away, and leaves the places of the others.
#![deny(warnings)]

use std::time::Duration;

use genserver_runtime::__private::Server;
use genserver_runtime::prelude::*;

pub struct Calm;
pub struct Soft;
pub struct Loud;
pub struct Bell {
    lines: Vec<&'static str>,
}

#[genserver(states(Calm: initial, Ringing { Soft, Loud }))]
impl Bell {
    #[cfg(any())]
    #[state_timeout(Calm, after = Self::NEVER => Loud)]
    fn never(&self) {}

    #[call(Calm => Soft)]
    pub fn ring(&self) {}

    #[cfg(any())]
    #[state_timeout(Ringing, until = Self::no_such_function => Calm)]
    fn tire(&self, st: &Ringing) -> Next {
        no_such_function(st)
    }

    #[cfg(all())]
    #[state_timeout(Ringing, after = "1s" => Calm)]
    fn tire(&self, st: &Ringing) -> Next {
        st.goto(|_| Calm)
    }

    #[state_timeout(Soft, after = "600ms" => Loud)]
    fn louder(&self) {}

    #[cfg(any())]
    #[enter(Soft)]
    fn entered(&mut self, cx: &mut StateCx<Self>) -> Enter {
        no_such_function(cx)
    }

    #[cfg(all())]
    #[enter(Soft)]
    async fn entered(&mut self) {
        self.lines.push("soft");
    }

    #[enter(Loud)]
    fn loud(&mut self) {
        self.lines.push("loud");
    }

    #[cfg(any())]
    #[exit(Ringing)]
    async fn silent(&mut self, cx: &mut StateCx<Self>) {
        no_such_function().await
    }

    #[cfg(all())]
    #[exit(Ringing)]
    async fn silent(&mut self) {
        self.lines.push("silent");
    }

    #[cfg(any())]
    #[transition]
    async fn save(&mut self) -> Result<(), NoSuchType> {}

    #[cfg(all())]
    #[transition]
    fn save(&mut self) {
        self.lines.push("saved");
    }

    #[cfg(any())]
    #[cast(Loud, otherwise = ignore)]
    pub fn shout(&self, with: NoSuchType) {}

    #[cfg(all())]
    #[cast(Loud, otherwise = postpone(Calm | Soft))]
    pub fn shout(&mut self) {
        self.lines.push("shouted");
    }

    #[call]
    pub fn lines(&self) -> Vec<&'static str> {
        self.lines.clone()
    }
}

/// All that follows is taken away.
pub struct Still;

#[genserver(states(Calm: initial, Loud))]
impl Still {
    #[call(Calm => Loud)]
    pub fn ring(&self) {}

    #[call(Loud => Calm)]
    pub fn rest(&self) {}

    #[cfg(any())]
    #[enter(Loud)]
    fn entered(&self) {}

    #[cfg(any())]
    #[exit(Loud)]
    async fn left(&self) {}

    #[cfg(any())]
    #[transition]
    async fn save(&self) -> std::io::Result<()> {
        Ok(())
    }

    #[cfg(any())]
    #[state_timeout(Loud, after = "1s" => Calm)]
    fn tire(&self) {}

    #[cfg(any())]
    #[cast(Loud, otherwise = postpone)]
    fn shout(&self) {}
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let table: Vec<_> = Bell::STATE_TIMEOUTS
        .iter()
        .map(|timeout| (Bell::HANDLERS[timeout.handler].name, timeout.states))
        .collect();
    assert_eq!(table, [("tire", &[1, 2][..]), ("louder", &[1][..])]);
    let edges: Vec<_> = Bell::GRAPH.edges.iter().map(|edge| edge.label).collect();
    assert_eq!(edges, ["ring", "after 1s", "after 1s", "after 600ms"]);
    let bell = Bell::start(Bell { lines: Vec::new() }, Calm).await.unwrap();
    bell.shout().await.unwrap();
    bell.ring().await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let lines = bell.lines().await.unwrap();
    assert_eq!(lines, ["soft", "saved", "loud", "saved", "shouted", "silent", "saved"]);

    assert!(Still::STATE_TIMEOUTS.is_empty());
    let still = Still::start(Still, Calm).await.unwrap();
    still.ring().await.unwrap();
    still.rest().await.unwrap();
}
