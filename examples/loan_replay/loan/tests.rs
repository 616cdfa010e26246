//! The loan against its own declaration.

use genserver_runtime::Edge;
use genserver_runtime::machine::{self, Sample, Source};

use super::{LastStep, Loan};

impl<By> Sample<By> for LastStep {
    fn sample(source: &mut Source) -> Self {
        source.one_of(&[Self::Approve, Self::Register, Self::Activate])
    }
}

/// A guard on a group declares its targets for each state of it, so one edge more than there is: of
/// the three last steps the first cannot be the last.
#[tokio::test(start_paused = true)]
async fn the_loan_does_what_it_declares_but_for_the_first_step_that_is_the_last() {
    let report = machine::conformance::<Loan>().seed(2012).run(|_| Loan::start()).await;
    assert_eq!(report.mistakes, []);
    let never: Vec<_> = report.never_taken.iter().map(edge).collect();
    assert_eq!(never, [("Finalized", "close", "Granted")]);
    assert_eq!(report.taken.len(), Loan::GRAPH.edges.len() - 1);
}

fn edge(edge: &Edge<'static>) -> (&'static str, &'static str, &'static str) {
    let states = Loan::GRAPH.states;
    (states[edge.from].name, edge.label, states[edge.to].name)
}
