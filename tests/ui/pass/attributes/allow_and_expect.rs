//! `#[allow]` and `#[expect]` hold for the method and do not go unfulfilled elsewhere.
#![deny(warnings, unfulfilled_lint_expectations, non_snake_case, unused_variables)]

use genserver_runtime::prelude::*;

pub struct Counter(i64);

#[genserver]
#[expect(unused_assignments)]
impl Counter {
    #[init]
    #[expect(unused_variables)]
    pub fn new(value: i64, ignored: u8) -> Self {
        Self(value)
    }

    #[call]
    #[expect(unused_variables)]
    pub fn get(&self, ignored: u8) -> i64 {
        self.0
    }

    #[call]
    #[allow(non_snake_case)]
    pub fn addTo(&self, byThis: i64) -> i64 {
        let mut sum = 0;
        sum = self.0 + byThis;
        sum
    }

    #[cast]
    #[expect(clippy::assign_op_pattern, unused_mut)]
    pub fn raise(&mut self, mut by: i64) {
        self.0 = self.0 + by;
    }

    #[call]
    #[allow(unreachable_code)]
    pub fn never(&self) -> i64 {
        return self.0;
        0
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let counter = Counter::start(0, 0).await.unwrap();
    counter.raise(40).await.unwrap();
    assert_eq!(counter.addTo(2).await.unwrap(), 42);
    assert_eq!(counter.get(0).await.unwrap(), counter.never().await.unwrap());
}
