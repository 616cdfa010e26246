//! What time brings is an edge like any other: no call leads to most of these states.
#![deny(warnings)]

use std::time::Duration;

use genserver_runtime::__private::Server;
use genserver_runtime::prelude::*;

pub struct Loading;
pub struct Fresh {
    pub age: u32,
}
pub struct Stale;
pub struct Expired;

pub struct Loaded(pub u32);

pub struct Session {
    beats: u32,
}

#[genserver(states(Loading: initial, Usable { Fresh, Stale }, Expired: terminal))]
impl Session {
    const PATIENCE: Duration = Duration::from_secs(60);

    #[init]
    pub fn new(_: &mut Cx<Self>) -> (Self, Loading) {
        (Self { beats: 0 }, Loading)
    }

    #[continued(Loading => Fresh)]
    async fn load(&mut self, st: &Loading, Loaded(age): Loaded) -> Result<Next, Crash> {
        Ok(st.goto(move |_| Fresh { age }))
    }

    #[every("5s", Fresh => Stale, missed = catch_up)]
    fn beat(&mut self, st: &mut Fresh, cx: &mut Cx<Self>) -> Next {
        self.beats += 1;
        st.age += 1;
        let _ = cx.name();
        if st.age > 3 { st.goto(|_| Stale) } else { st.stay() }
    }

    #[every(Self::PATIENCE, Stale)]
    fn complain(&self, _: &Stale) {}

    #[every("1h")]
    fn look(&self, _: &SessionState) {}

    #[idle(Self::PATIENCE, Usable => Expired)]
    fn expire(&mut self) -> Result<(), Crash> {
        Ok(())
    }

    #[call(Usable)]
    pub fn beats(&self) -> u32 {
        self.beats
    }

    #[hibernate]
    fn shrink(&mut self) {}
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let edges: Vec<_> = Session::GRAPH.edges.iter().map(|edge| edge.label).collect();
    assert_eq!(edges, ["load", "beat", "expire", "expire"]);
    assert_eq!(SessionStateName::Fresh.allowed(), [SessionMessage::Beats]);
    assert_eq!(SessionStateName::Loading.allowed(), []);
    assert_eq!(Session::TICKS.len(), 3);

    let session = Session::start().await.unwrap();
    assert_eq!(session.state().await.unwrap(), SessionStateName::Loading);
    assert!(session.beats().await.is_err());
}
