//! The life of a server, as a machine: ARCHITECTURE.md shows its picture.

use genserver_runtime::prelude::*;

use crate::read;

/// `init` runs.
pub struct Starting;
/// It waits for messages.
pub struct Idle;
/// It runs a handler.
pub struct Handling;
/// It was suspended through `sys`.
pub struct Suspended;
/// It has given its memory back.
pub struct Hibernating;
/// It takes no messages any more; `terminate` runs.
pub struct Ending;
/// It is gone.
pub struct Ended;

/// What may happen to a server.
pub struct Life;

#[genserver(states(
    Starting: initial,
    Running { Idle, Handling, Suspended, Hibernating },
    Ending,
    Ended: terminal,
))]
impl Life {
    #[call(Starting => Idle)]
    fn init_returns(&self) {}

    #[call(Starting => Ended)]
    fn init_fails(&self) {}

    #[call(Idle | Hibernating => Handling)]
    fn message(&self) {}

    #[call(Handling => Idle)]
    fn handler_returns(&self) {}

    #[call(Idle => Hibernating)]
    fn hibernate(&self) {}

    #[call(Idle | Hibernating => Suspended)]
    fn suspend(&self) {}

    #[call(Suspended => Idle)]
    fn resume(&self) {}

    #[call(Running => Ending)]
    fn stop(&self) {}

    #[call(Ending => Ended)]
    fn terminate_returns(&self) {}
}

#[test]
fn the_architecture_shows_the_life_of_a_server() {
    let page = read("ARCHITECTURE.md");
    let block = page.split("```mermaid\n").nth(1).and_then(|rest| rest.split("```").next());
    assert_eq!(block.expect("it has a picture").trim_end(), Life::GRAPH.to_mermaid().trim_end());
}
