//! Randomness that can be had again.

use std::thread;

/// `SplitMix64`.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u32) -> u32 {
        let below = self.next() % u64::from(end);
        u32::try_from(below).expect("it is below a `u32`")
    }

    /// `true` in one of so many cases.
    pub fn one_in(&mut self, cases: u32) -> bool {
        self.below(cases) == 0
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let at = self.below(u32::try_from(of.len()).expect("few"));
        &of[at as usize]
    }

    /// Randomness of its own for a part that runs beside others.
    pub fn fork(&mut self) -> Self {
        Self(self.next())
    }
}

/// Runs the rounds; a round that panics prints its seed.
pub fn rounds(count: u64, mut round: impl FnMut(Random)) {
    let only = std::env::var("STRESS_SEED").ok().map(|seed| seed.parse().expect("a number"));
    let seeds = only.map_or(1..=count, |seed| seed..=seed);
    for seed in seeds {
        let _said = Said(seed);
        round(Random::new(seed));
    }
}

struct Said(u64);

impl Drop for Said {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("the round failed with STRESS_SEED={}", self.0);
        }
    }
}

#[test]
fn the_generator_is_the_published_one() {
    let mut random = Random::new(1_234_567);
    let numbers = [random.next(), random.next(), random.next()];
    assert_eq!(
        numbers,
        [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
    );
}
