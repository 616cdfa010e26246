//! The loan against its own declaration.

use genserver_runtime::machine::{self, Sample, Source};

use super::{LastStep, Loan};

impl<By> Sample<By> for LastStep {
    fn sample(source: &mut Source) -> Self {
        source.one_of(&[Self::Approve, Self::Register, Self::Activate])
    }
}

#[tokio::test(start_paused = true)]
async fn the_loan_does_what_it_declares() {
    let report = machine::conformance::<Loan>().seed(2012).run(|_| Loan::start()).await;
    report.assert_clean();
    assert_eq!(report.taken, Loan::GRAPH.edges);
}
