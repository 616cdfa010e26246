//! The start of a tracked machine, where it may begin in several states, and where it fails.

use genserver_runtime::prelude::*;
use tokio::task::yield_now;

use crate::support::Journal;
use crate::tracked::{Completed, Contract, OverLimit, Pending, Repaying};

#[tokio::test]
async fn a_start_that_fails_gives_no_handle() {
    let start = |asked| Contract::start_tracked(Journal::new(), asked);
    assert!(matches!(start(0).await, Err(StartError::Ignored)));
    assert!(matches!(start(1000).await, Err(StartError::Init(OverLimit))));
}

/// Begins where it is told to.
pub struct Resumed;

#[genserver(states(Pending: initial, Group { Repaying, Completed: terminal }), tracked)]
impl Resumed {
    /// In any state.
    #[init]
    pub async fn resume(state: ResumedState) -> (Self, ResumedState) {
        yield_now().await;
        (Self, state)
    }

    #[call(Pending => Repaying)]
    pub fn go(&self, st: &Pending) -> Next {
        st.goto(|pending| Repaying { left: pending.asked })
    }

    #[call(Repaying => Completed)]
    pub fn end(&self) {}
}

#[tokio::test]
async fn a_start_in_any_state_gives_an_enum_of_handles() {
    let state = ResumedState::Group(Group::Repaying(Repaying { left: 1 }));
    let begun = Resumed::start_tracked(state).await.expect("its init cannot fail");
    let ResumedAfterStart::Repaying(repaying) = begun else { panic!("one is left: {begun:?}") };
    let _completed: ResumedTracked<Completed> = repaying.end().await.expect("one is left");

    let begun = Resumed::start_tracked(ResumedState::Pending(Pending { asked: 1 })).await;
    assert!(matches!(begun, Ok(ResumedAfterStart::Pending(_))), "{begun:?}");
}

/// Each state has a way of its own: by clauses of one guard, and by methods of one message.
pub struct Walker;

/// Where it has not been.
pub struct Here;
/// One step on.
pub struct There;
/// The end.
pub struct Gone;

#[genserver(states(Here: initial, There, Gone: terminal), tracked)]
impl Walker {
    #[call(Here => There | Gone, There => Gone)]
    pub fn walk(&self, st: WalkerWalkFrom<'_>, far: bool) -> Next {
        match st {
            WalkerWalkFrom::Here(here) if far => here.goto(|_| Gone),
            WalkerWalkFrom::Here(here) => here.goto(|_| There),
            WalkerWalkFrom::There(there) => there.goto(|_| Gone),
        }
    }

    #[call(step: Here => There)]
    pub fn first_step(&self) -> u8 {
        1
    }

    #[call(step: There => Here)]
    pub fn step_back(&self) -> u8 {
        2
    }
}

#[tokio::test]
async fn what_a_call_gives_depends_on_where_it_was_made() {
    let here = Walker::start_tracked(Walker, Here).await.expect("it starts");
    let (one, there): (u8, WalkerTracked<There>) = here.step().await.expect("it is here");
    let (two, here): (u8, WalkerTracked<Here>) = there.step().await.expect("it is there");
    assert_eq!((one, two), (1, 2));
    let after: WalkerAfterWalk = here.walk(false).await.expect("it is here");
    let WalkerAfterWalk::There(there) = after else { panic!("it went not far: {after:?}") };
    let gone: WalkerTracked<Gone> = there.walk(false).await.expect("it is there");
    assert_eq!(gone.into_client().state().await, Ok(WalkerStateName::Gone));
}
