//! Where values for tests come from: a seed, and what was drawn since.

use crate::machine::Sample;

/// A source of values that are the same for the same seed, on every platform.
///
/// [`conformance`](crate::machine::conformance) makes one for each request; an implementation of
/// [`Sample`] draws from it.
///
/// ```
/// use genserver_runtime::machine::Source;
///
/// let mut source = Source::new(7);
/// let drawn: (u8, String) = source.sample();
/// assert_eq!(drawn, Source::new(7).sample());
/// ```
#[derive(Clone, Debug)]
pub struct Source {
    state: u64,
}

impl Source {
    /// A source that begins at a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// 64 bits, each of them as likely to be set as not. The algorithm is `SplitMix64`.
    ///
    /// ```
    /// # use genserver_runtime::machine::Source;
    /// let mut source = Source::new(7);
    /// assert_ne!(source.bits(), source.bits());
    /// ```
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number from 0 on and below `end`; 0 where there is none.
    ///
    /// ```
    /// # use genserver_runtime::machine::Source;
    /// let mut source = Source::new(7);
    /// assert!((0..100).all(|_| source.below(6) < 6));
    /// ```
    pub fn below(&mut self, end: u64) -> u64 {
        let product = u128::from(self.bits()) * u128::from(end);
        // The high half of a product of two numbers of 64 bits has no more.
        u64::try_from(product >> 64).unwrap_or(0)
    }

    /// One of these.
    ///
    /// # Panics
    ///
    /// When there is none.
    ///
    /// ```
    /// # use genserver_runtime::machine::Source;
    /// let mut source = Source::new(7);
    /// let currency = source.one_of(&["SAR", "AED", "EUR"]);
    /// assert_eq!(currency.len(), 3);
    /// ```
    pub fn one_of<T: Clone>(&mut self, choices: &[T]) -> T {
        assert!(!choices.is_empty(), "there is nothing to choose from");
        choices[self.place(choices.len())].clone()
    }

    /// Any value of a type.
    ///
    /// ```
    /// # use genserver_runtime::machine::Source;
    /// let amounts: Vec<u64> = Source::new(7).sample();
    /// assert!(amounts.len() <= 8);
    /// ```
    pub fn sample<T: Sample>(&mut self) -> T {
        T::sample(self)
    }

    /// A value of a strategy of proptest.
    ///
    /// # Panics
    ///
    /// When the strategy rejects too many of its own values.
    ///
    /// ```
    /// use genserver_runtime::machine::Source;
    ///
    /// let iban = Source::new(7).draw(&"[A-Z]{2}[0-9]{20}");
    /// assert_eq!(iban.len(), 22);
    /// ```
    #[cfg(feature = "proptest")]
    pub fn draw<S: proptest::strategy::Strategy>(&mut self, strategy: &S) -> S::Value {
        use proptest::strategy::ValueTree as _;
        use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

        let mut seed = [0; 32];
        for bytes in seed.chunks_exact_mut(8) {
            bytes.copy_from_slice(&self.bits().to_le_bytes());
        }
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        match strategy.new_tree(&mut runner) {
            Ok(tree) => tree.current(),
            Err(reason) => panic!("the strategy gives no value: {reason}"),
        }
    }

    /// Any value of a type that proptest knows how to make.
    ///
    /// ```
    /// use genserver_runtime::machine::Source;
    ///
    /// let address = Source::new(7).any::<std::net::IpAddr>();
    /// assert_eq!(address, Source::new(7).any::<std::net::IpAddr>());
    /// ```
    #[cfg(feature = "proptest")]
    pub fn any<T: proptest::arbitrary::Arbitrary>(&mut self) -> T {
        self.draw(&proptest::arbitrary::any::<T>())
    }

    /// A place in something of this length; 0 where it is empty.
    pub(crate) fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }
}
