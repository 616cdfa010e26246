//! The two callback modes of `gen_statem`, as two machines that mean the same.

use genserver_runtime::prelude::*;

/// A turnstile with a function for each state and event.
mod by_state {
    use genserver_runtime::prelude::*;

    pub struct Locked {
        pub fines: u32,
    }
    pub struct Unlocked {
        pub coins: u32,
    }
    pub struct Gate;

    #[genserver(states(Locked: initial, Unlocked))]
    impl Gate {
        #[call(Locked => Unlocked)]
        pub fn pay(&self, st: &Locked) -> Next<u32> {
            let fines = st.fines;
            st.goto(|_| Unlocked { coins: 1 }).reply(fines)
        }

        #[call(Unlocked => Unlocked)]
        pub fn pay_more(&self, st: &Unlocked) -> Next<u32> {
            let coins = st.coins + 1;
            st.goto(move |_| Unlocked { coins }).reply(coins)
        }

        #[call(Locked)]
        pub fn jump(&self, st: &mut Locked) -> u32 {
            st.fines += 1;
            st.fines
        }

        #[call(Unlocked => Locked)]
        pub fn walk(&self, st: &Unlocked) -> Next<u32> {
            st.goto(|_| Locked { fines: 0 }).reply(st.coins)
        }
    }
}

/// The same with one function for all events of all states.
mod by_event {
    use genserver_runtime::prelude::*;

    #[derive(Clone, Copy)]
    pub enum Event {
        Pay,
        Move,
    }
    pub struct Locked {
        pub fines: u32,
    }
    pub struct Unlocked {
        pub coins: u32,
    }
    pub struct Gate;

    #[genserver(states(Any { Locked: initial, Unlocked }))]
    impl Gate {
        #[call(Any => Any)]
        pub fn handle(&self, st: &Any, event: Event) -> Next<u32> {
            let (to, reply) = match (event, st) {
                (Event::Pay, Any::Locked(locked)) => {
                    (Any::Unlocked(Unlocked { coins: 1 }), locked.fines)
                }
                (Event::Pay, Any::Unlocked(unlocked)) => {
                    let coins = unlocked.coins + 1;
                    (Any::Unlocked(Unlocked { coins }), coins)
                }
                (Event::Move, Any::Locked(locked)) => {
                    let fines = locked.fines + 1;
                    (Any::Locked(Locked { fines }), fines)
                }
                (Event::Move, Any::Unlocked(unlocked)) => {
                    (Any::Locked(Locked { fines: 0 }), unlocked.coins)
                }
            };
            st.goto(|_| to).reply(reply)
        }
    }
}

#[tokio::test]
async fn sm_2_a_function_a_state_and_one_for_all_of_them_mean_the_same() {
    use by_event::Event::{Move, Pay};
    let split = by_state::Gate::start(by_state::Gate, by_state::Locked { fines: 0 }).await;
    let split = split.expect("it starts");
    let whole = by_event::Gate::start(by_event::Gate, by_event::Locked { fines: 0 }).await;
    let whole = whole.expect("it starts");
    for event in [Move, Move, Pay, Pay, Pay, Move, Move, Pay] {
        let unlocked = split.state().await == Ok(by_state::GateStateName::Unlocked);
        let answer = match (event, unlocked) {
            (Pay, false) => split.pay().await,
            (Pay, true) => split.pay_more().await,
            (Move, false) => split.jump().await,
            (Move, true) => split.walk().await,
        };
        assert_eq!(whole.handle(event).await, answer);
        let names = (split.state().await, whole.state().await);
        assert_eq!(names.0.map(|name| name.to_string()), names.1.map(|name| name.to_string()));
    }
}
