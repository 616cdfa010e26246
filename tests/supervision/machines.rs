//! Machines: exits and ends by state, and the option `trap_exit`.

use genserver_runtime::prelude::*;
use genserver_runtime::{Client, Down, Exit};

use crate::crew::{WorkerClient, other, worker};
use crate::support::{Gate, Journal, settle};

#[derive(Debug)]
struct Open {
    cars: u32,
}

#[derive(Debug)]
struct Closed;

/// Traps exit signals from before its `init` on.
struct Garage {
    journal: Journal,
}

#[genserver(trap_exit, states(Open: initial, Closed), derive(Debug))]
impl Garage {
    #[init]
    async fn new(journal: Journal, gate: Gate) -> (Self, Open) {
        gate.pass().await;
        (Self { journal }, Open { cars: 2 })
    }

    #[call]
    fn link(&mut self, cx: &mut Cx<Self>, worker: WorkerClient) {
        cx.link(&worker);
        cx.monitor(&worker).keep();
    }

    /// Of a server that ends it takes note while it is open.
    #[info(Open => Closed)]
    fn on_exit(&mut self, st: &mut Open, exit: Exit) -> Next {
        self.journal.note(format!("exit: {}, {} cars", exit.reason, st.cars));
        st.goto(|_| Closed)
    }

    #[info(Closed => Open, otherwise = postpone)]
    fn on_down(&mut self, st: &mut Closed, down: Down) -> Next {
        self.journal.note(format!("down: {}", down.reason));
        st.goto(|_| Open { cars: 0 })
    }

    #[terminate]
    fn terminate(&mut self, reason: &ExitReason, st: Option<&GarageState>) {
        self.journal.note(format!("terminate: {reason}, {st:?}"));
    }
}

/// Has a garage.
struct Owner;

#[genserver]
impl Owner {
    #[call]
    async fn build(&self, cx: &mut Cx<Self>, journal: Journal) -> GarageClient {
        let gate = Gate::new();
        gate.open();
        Garage::start(journal, gate).link(cx).await.expect("it starts")
    }
}

#[tokio::test]
async fn sm_31_the_end_of_the_parent_runs_terminate_with_reason_and_state() {
    for reason in [ExitReason::Normal, ExitReason::Shutdown, other("sold")] {
        let journal = Journal::new();
        let owner = Owner::start(Owner).await.expect("it starts");
        let garage = owner.build(journal.clone()).await.expect("it runs");
        let ended = garage.monitor();
        owner.stop_with(reason.clone()).await.expect("it stops");
        assert_eq!(ended.await.reason, reason);
        journal.holds(&[&format!("terminate: {reason}, Some(Open(Open {{ cars: 2 }}))")]);
    }
}

#[tokio::test]
async fn gs_69_the_option_traps_before_init_has_run() {
    let (journal, gate) = (Journal::new(), Gate::new());
    let start = Garage::start(journal.clone(), gate.clone()).name("garage");
    let start = tokio::spawn(start.into_future());
    gate.reached().await;
    GarageClient::named("garage").exit(other("early"));
    gate.open();
    let garage = start.await.expect("no panic").expect("it starts");
    garage.sync().await.expect("it runs");
    journal.holds(&["exit: early, 2 cars"]);
    assert!(garage.sys().get_status().expect("it runs").trap_exit);
}

#[tokio::test]
async fn what_a_state_postpones_comes_in_the_next_one() {
    let (journal, gate) = (Journal::new(), Gate::new());
    gate.open();
    let garage = Garage::start(journal.clone(), gate).await.expect("it starts");
    let worker = worker().await;
    garage.link(worker.clone()).await.expect("it runs");
    worker.kill().await.expect("it is killed");
    settle().await;
    journal.holds(&["exit: killed, 2 cars", "down: killed"]);
    assert_eq!(garage.state().await, Ok(GarageStateName::Open));
}
