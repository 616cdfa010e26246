//! After an error in a hook the client, the states and the rest of the block are there all the same.

use std::time::SystemTime;

use genserver_runtime::prelude::*;

#[derive(Debug)]
pub struct Calm;
#[derive(Debug)]
pub struct Ringing {
    since: SystemTime,
}
pub struct Bell {
    rings: u32,
}

#[genserver(states(Calm: initial, Ringing), derive(Debug), otherwise = postpone)]
impl Bell {
    #[init]
    pub fn hang() -> (Self, Calm) {
        (Self { rings: 0 }, Calm)
    }

    #[call(Calm => Ringing)]
    pub fn ring(&self, st: &Calm) -> Next<u32> {
        let since = SystemTime::now();
        st.goto(move |_| Ringing { since }).reply(self.rings)
    }

    #[call(Ringing => Calm, otherwise = error)]
    pub fn rest(&self) {}

    #[cast(Ringing, otherwise = ignore)]
    pub fn louder(&mut self) {}

    #[enter(Ringin)]
    fn count(&mut self, st: &mut Ringing, cx: &mut StateCx<Self>) -> Enter {
        self.rings += 1;
        st.since = SystemTime::now();
        cx.timer("late").cancel();
        Enter::Done
    }

    #[exit(Ringing)]
    async fn silence(&mut self, cx: &mut StateCx<Self>, t: &Transition) {
        let _ = (cx.name(), t.is_change());
    }

    #[transition]
    async fn save(&self, t: &Transition, now: &BellState) -> Result<(), std::io::Error> {
        println!("{t} {now:?}");
        Ok(())
    }

    #[state_timeout(Ringing, until = Self::deadline => Calm)]
    fn tire(&self) {}

    fn deadline(&self, st: &Ringing) -> SystemTime {
        st.since
    }
}

pub async fn run() -> Result<u32, ServerError> {
    let bell: BellClient = Bell::start().await.map_err(|_| ServerError::NoReply)?;
    let rings: u32 = bell.ring().await?;
    bell.louder().await?;
    bell.rest().await?;
    let _ = (bell.state().await? == BellStateName::Calm, Bell::GRAPH.to_mermaid());
    Ok(rings)
}

fn main() {}
