//! What a guard refuses by name is refused at once, and not kept for another state.

use genserver_runtime::prelude::*;

pub struct Draft;
pub struct Printing;
pub struct Torn;
pub struct Paper;

#[genserver(states(Draft: initial, Printing: terminal, Torn))]
impl Paper {
    #[call(read: Printing, otherwise = postpone, Torn => !)]
    pub fn read_it(&self) -> u8 {
        7
    }

    #[call(Draft => Torn)]
    pub fn tear(&self) {}

    #[call(Draft | Torn => Printing)]
    pub fn print(&self) {}
}

#[tokio::test]
async fn a_state_that_is_refused_postpones_nothing() {
    let paper = Paper::start(Paper, Draft).await.expect("it has no init");
    let kept = paper.read().send().await.expect("there is room");
    paper.print().await.expect("it is a draft");
    assert_eq!(kept.await, Ok(7));
    let paper = Paper::start(Paper, Draft).await.expect("it has no init");
    paper.tear().await.expect("it is a draft");
    let refused = paper.read().await.expect_err("it is torn");
    assert!(matches!(refused, ServerError::InvalidState(_)), "{refused:?}");
}
