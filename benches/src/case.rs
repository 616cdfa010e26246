//! A contender in a scenario on some threads, and what was measured of it.

use std::time::Duration;

use benches::{Spread, each};

use crate::contender::Contender;
use crate::contenders::all_contenders;
use crate::runtime::Flavor;
use crate::scenario::calls::{Busy, Foreign, ManyCallers, OneCaller, PingPong};
use crate::scenario::casts::{ManyProducers, OneProducer};
use crate::scenario::crowd::{FanOut, RoundRobin};
use crate::scenario::life::StartCallStop;
use crate::scenario::{Scenario, own};

/// Operations of the first look at a case, which tells how many a round has.
const LOOK: u32 = 40;

pub struct Case {
    pub scenario: &'static str,
    pub contender: &'static str,
    pub flavor: Flavor,
    /// Why nothing is measured.
    pub absence: Option<&'static str>,
    /// What is to be known of the number.
    pub remark: Option<&'static str>,
    /// How many operations a round has.
    pub operations: u32,
    /// How many it has at least, however long they take.
    pub operations_min: u32,
    operations_max: u32,
    run: Box<dyn FnMut(Flavor, u32) -> Duration>,
    rounds: Vec<f64>,
}

impl Case {
    pub fn new(
        scenario: &'static str,
        contender: &'static str,
        flavor: Flavor,
        operations_max: u32,
        run: impl FnMut(Flavor, u32) -> Duration + 'static,
    ) -> Self {
        Self {
            scenario,
            contender,
            flavor,
            absence: None,
            remark: None,
            operations: 0,
            operations_min: 0,
            operations_max,
            run: Box::new(run),
            rounds: Vec::new(),
        }
    }

    /// Looks how long it takes, and decides how many operations fill a round.
    pub fn prepare(&mut self, round: Duration) {
        let operations = LOOK.min(self.operations_max);
        // The first time also touches memory and code that the second finds warm.
        (self.run)(self.flavor, operations);
        let time = (self.run)(self.flavor, operations).max(Duration::from_nanos(1));
        let fitting = round.as_secs_f64() / time.as_secs_f64() * f64::from(operations);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it lies between two numbers of its type"
        )]
        let fitting = fitting
            .clamp(f64::from(operations.max(self.operations_min)), f64::from(self.operations_max))
            as u32;
        self.operations = fitting;
    }

    pub fn round(&mut self, counted: bool) {
        let time = (self.run)(self.flavor, self.operations);
        if counted {
            self.rounds.push(each(time, self.operations));
        }
    }

    /// What was measured, if anything was.
    pub fn spread(&self) -> Option<Spread> {
        (!self.rounds.is_empty()).then(|| Spread::of(self.rounds.clone()))
    }
}

fn measure<S: Scenario, C: Contender>(flavor: Flavor, operations: u32) -> Duration {
    flavor.run::<C>(S::run::<C>(operations))
}

fn push<S: Scenario, C: Contender>(cases: &mut Vec<Case>) {
    for flavor in Flavor::ALL {
        let case = Case::new(S::NAME, C::NAME, flavor, S::OPERATIONS_MAX, measure::<S, C>);
        let remark = (S::ORDERED && !C::BOUNDED).then_some("unbounded");
        cases.push(Case { absence: absence::<S, C>(flavor), remark, ..case });
    }
}

/// Why a contender is not measured.
fn absence<S: Scenario, C: Contender>(flavor: Flavor) -> Option<&'static str> {
    if C::LOCAL && flavor == Flavor::Two {
        return Some("its actors belong to the thread that starts them");
    }
    (S::ORDERED && !C::ORDERED).then_some("does not keep the order of a producer's casts")
}

fn push_all<S: Scenario>(cases: &mut Vec<Case>) {
    macro_rules! push_each {
        ($($contender:ty),*) => { $(push::<S, $contender>(cases);)* };
    }
    all_contenders!(push_each);
}

/// Every case there is.
pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    push_all::<OneCaller>(&mut cases);
    push_all::<ManyCallers>(&mut cases);
    push_all::<OneProducer>(&mut cases);
    push_all::<ManyProducers>(&mut cases);
    push_all::<RoundRobin>(&mut cases);
    push_all::<StartCallStop>(&mut cases);
    push_all::<Foreign>(&mut cases);
    push_all::<Busy>(&mut cases);
    push_all::<FanOut>(&mut cases);
    push_all::<PingPong>(&mut cases);
    own::push(&mut cases);
    cases
}
