//! A transition that is declared, but from another source.

use genserver_runtime::prelude::*;

pub struct Idle;
pub struct Running;
pub struct Paused;
pub struct Initialising;
pub struct Done;
pub struct Job;

#[genserver(states(Idle: initial, Initialising, Busy { Running, Paused }, Done: terminal))]
impl Job {
    #[call(Idle => Initialising, Paused => Running, Running)]
    pub fn begin(&self, st: JobBeginFrom<'_>) -> Next {
        match st {
            JobBeginFrom::Idle(at) => at.goto(|_| Initialising),
            JobBeginFrom::Paused(at) => at.goto(|_| Initialising),
            JobBeginFrom::Running(at) => at.goto_mut(|_, running| running),
        }
    }

    #[call(Initialising => Busy, Busy => Done)]
    pub async fn finish(&self, st: JobFinishFrom<'_>) -> Result<Next<u8>, String> {
        match &st {
            JobFinishFrom::Initialising(at) => Ok(at.goto(|_| Running).reply(1)),
            // The whole group is no target.
            JobFinishFrom::Busy(at) if self.is_odd() => Ok(at.goto(|busy| busy).reply(2)),
            JobFinishFrom::Busy(at) => Ok(at.goto(|_| Done).reply(3)),
        }
    }

    // Around the framework's own: the state alone declares nothing.
    #[call(Running => Paused, Paused => Running | Done)]
    pub fn toggle(&self, st: JobToggleFrom<'_>) -> Next {
        match st {
            JobToggleFrom::Running(at) => at.stay_mut(|_, _| ()),
            JobToggleFrom::Paused(at) => (*at).goto(|_| Done),
        }
    }

    fn is_odd(&self) -> bool {
        true
    }
}

fn main() {}
