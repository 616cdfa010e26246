//! Docs, `#[deprecated]` and `#[must_use]` of a handler are those of its client method.
#![deny(missing_docs, warnings, unfulfilled_lint_expectations)]

use genserver_runtime::prelude::*;

/// A counter.
pub struct Counter(i64);

#[genserver]
impl Counter {
    /// Starts to count.
    #[init]
    #[deprecated = "start from zero"]
    pub fn new(value: i64) -> Self {
        Self(value)
    }

    /// Adds one.
    #[call]
    #[deprecated(since = "1.0.0", note = "use `add`")]
    pub fn increment(&mut self) -> i64 {
        self.0 += 1;
        self.0
    }

    /// Adds.
    #[call]
    #[must_use = "the new value"]
    pub fn add(&mut self, by: i64) -> i64 {
        self.0 += by;
        self.0
    }

    // Without docs of its own, on a method that the docs do not show.
    #[cast]
    fn reset(&mut self) {
        self.0 = 0;
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    #[expect(deprecated)]
    let start = Counter::start(1);
    let counter = start.await.unwrap();
    #[expect(deprecated)]
    let increment = counter.increment();
    assert_eq!(increment.await.unwrap(), 2);
    #[expect(unused_must_use)]
    counter.add(2);
    assert_eq!(counter.add(2).await.unwrap(), 4);
    counter.reset().await.unwrap();
}
