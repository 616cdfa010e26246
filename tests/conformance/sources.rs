//! Handlers with several sources: each has targets of its own.

use genserver_runtime::Machine;
use genserver_runtime::prelude::*;

use crate::servers::Broken;

pub struct Stopped;

/// Playing since so many ticks.
pub struct Playing {
    pub ticks: u32,
}

pub struct Paused {
    pub ticks: u32,
}

pub struct Seeking {
    pub ticks: u32,
}

pub struct Broke;

pub struct Player {
    pub presses: u32,
}

#[genserver(states(Stopped: initial, On { Playing, Paused, Seeking }, Broke: terminal))]
impl Player {
    /// Starts, or changes between playing and its pause.
    #[call(
        press: Stopped => Playing,
        Playing => Paused,
        Paused => Playing | Stopped,
        timeout = "1s"
    )]
    pub fn on_press(&self, st: PlayerPressFrom<'_>, long: bool) -> Next<u32> {
        match st {
            PlayerPressFrom::Stopped(at) => at.goto(|_| Playing { ticks: 0 }).reply(0),
            PlayerPressFrom::Playing(at) => {
                let ticks = at.ticks;
                at.goto(|playing| Paused { ticks: playing.ticks }).reply(ticks)
            }
            PlayerPressFrom::Paused(at) if long => at.goto(|_| Stopped).reply(at.ticks),
            PlayerPressFrom::Paused(at) => {
                let back = at.goto_mut(|player, paused| {
                    player.presses += 1;
                    Playing { ticks: paused.ticks }
                });
                back.reply(at.ticks)
            }
        }
    }

    /// A group is one source; what stays may change its data.
    #[call(On => On | Broke, Stopped)]
    pub async fn seek(&self, st: PlayerSeekFrom<'_>, to: u32) -> Result<Next, Broken> {
        tokio::task::yield_now().await;
        match &st {
            PlayerSeekFrom::Stopped(at) if to == 0 => Ok(at.stay()),
            PlayerSeekFrom::Stopped(_) => Err(Broken("it stands")),
            PlayerSeekFrom::On(at) if to > 100 => Ok(at.goto(|_| Broke).refuse(Broken("too far"))),
            PlayerSeekFrom::On(at) => match &**at {
                On::Seeking(_) => Ok(at.goto(|on| on)),
                On::Playing(_) | On::Paused(_) => Ok(at.goto(move |_| Seeking { ticks: to })),
            },
        }
    }

    #[cast(Playing, Seeking => Playing)]
    pub fn tick(&mut self, st: PlayerTickFrom<'_>) -> Next {
        self.presses += 10;
        match st {
            PlayerTickFrom::Playing(at) => at.stay_mut(|_, playing| playing.ticks += 1),
            PlayerTickFrom::Seeking(at) => at.goto(|seeking| Playing { ticks: seeking.ticks }),
        }
    }

    /// Reads each source as its own type.
    #[call(Playing | Paused)]
    pub fn ticks(&self, st: PlayerTicksFrom<'_>) -> u32 {
        match st {
            PlayerTicksFrom::Playing(at) => at.ticks,
            PlayerTicksFrom::Paused(at) => at.ticks + 1000,
        }
    }

    /// Reads them as they lie in the machine.
    #[call(Stopped | Paused)]
    pub fn is_still(&self, st: &PlayerState) -> bool {
        !matches!(st, PlayerState::On(On::Playing(_)))
    }

    /// Goes by itself.
    #[call(Paused => Stopped, Seeking => Stopped)]
    pub fn halt(&self, st: &PlayerState) -> Result<&'static str, Broken> {
        match st {
            PlayerState::On(On::Paused(paused)) if paused.ticks == 0 => Err(Broken("at the start")),
            PlayerState::On(On::Paused(_)) => Ok("paused"),
            _ => Ok("seeking"),
        }
    }

    #[call]
    pub fn presses(&self) -> u32 {
        self.presses
    }
}

async fn player() -> PlayerClient {
    Player::start(Player { presses: 0 }, Stopped).await.expect("it has no init")
}

#[tokio::test]
async fn each_source_goes_its_own_way() {
    let player = player().await;
    assert_eq!(player.press(false).await, Ok(0));
    player.tick().await.expect("there is room");
    assert_eq!(player.state().await, Ok(PlayerStateName::Playing));
    assert_eq!(player.press(false).await, Ok(1));
    assert_eq!(player.state().await, Ok(PlayerStateName::Paused));
    assert_eq!(player.press(false).await, Ok(1));
    assert_eq!(player.presses().await, Ok(11));
    assert_eq!(player.press(false).await, Ok(1));
    assert_eq!(player.press(true).await, Ok(1));
    assert_eq!(player.state().await, Ok(PlayerStateName::Stopped));
}

#[tokio::test]
async fn a_group_is_one_source() {
    let player = player().await;
    assert_eq!(player.seek(7).await, Err(CallError::Reply(Broken("it stands"))));
    assert_eq!(player.seek(0).await, Ok(()));
    player.press(false).await.expect("it is stopped");
    player.seek(7).await.expect("it is on");
    player.seek(9).await.expect("it is on");
    assert_eq!(player.state().await, Ok(PlayerStateName::Seeking));
    player.tick().await.expect("there is room");
    assert_eq!(player.ticks().await, Ok(7));
    assert_eq!(player.seek(101).await, Err(CallError::Reply(Broken("too far"))));
    assert_eq!(player.state().await, Ok(PlayerStateName::Broke));
}

#[tokio::test]
async fn what_reads_may_look_at_all_of_the_state() {
    let player = player().await;
    assert_eq!(player.is_still().await, Ok(true));
    player.press(false).await.expect("it is stopped");
    let refused = player.is_still().await.expect_err("it plays");
    assert!(matches!(refused, ServerError::InvalidState(_)), "{refused:?}");
    assert_eq!(player.press(false).await, Ok(0));
    assert_eq!(player.halt().await, Err(CallError::Reply(Broken("at the start"))));
    assert_eq!(player.state().await, Ok(PlayerStateName::Paused));
    player.seek(3).await.expect("it is on");
    assert_eq!(player.halt().await, Ok("seeking"));
    assert_eq!(player.state().await, Ok(PlayerStateName::Stopped));
}

/// The edges of `press` are those of its clauses, and no more.
#[test]
fn each_clause_is_an_edge_of_the_graph() {
    let graph = <Player as Machine>::GRAPH;
    let name = |at: usize| graph.states[at].name;
    let edges = graph.edges.iter().filter(|edge| edge.label == "press");
    let edges: Vec<_> = edges.map(|edge| (name(edge.from), name(edge.to))).collect();
    assert_eq!(
        edges,
        [
            ("Stopped", "Playing"),
            ("Playing", "Paused"),
            ("Paused", "Stopped"),
            ("Paused", "Playing")
        ]
    );
    assert!(PlayerStateName::Paused.allowed().contains(&PlayerMessage::Press));
    assert!(!PlayerStateName::Seeking.allowed().contains(&PlayerMessage::Press));
}
