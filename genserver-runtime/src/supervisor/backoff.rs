//! How long a restart waits.

use std::time::Duration;

use crate::supervisor::spec::SpecError;

/// Delays before restarts: each twice as long as the one before, up to a longest.
///
/// The first restart waits for `min`, and the delay doubles with each failure that follows: an end,
/// or a start that fails. A child that stayed up for longer than `max` begins with `min` again. OTP's
/// supervisors have no such delay.
///
/// ```
/// use std::time::Duration;
///
/// use genserver_runtime::Backoff;
///
/// // 100 ms, 200 ms, 400 ms, .. 10 s; each shorter by up to a fifth.
/// let backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(10)).jitter(0.2);
/// # let _ = backoff;
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backoff {
    min: Duration,
    max: Duration,
    jitter: f64,
}

impl Backoff {
    /// Delays from `min` to `max`, without jitter.
    ///
    /// The start of a supervisor refuses a `min` of zero or longer than `max`: [`SpecError`].
    #[must_use]
    pub const fn new(min: Duration, max: Duration) -> Self {
        Self { min, max, jitter: 0.0 }
    }

    /// The share of each delay that chance may take away, from 0 to 1, so that what failed at once
    /// does not start again at once.
    ///
    /// The start of a supervisor refuses any other: [`SpecError::BackoffJitter`].
    #[must_use]
    pub const fn jitter(mut self, share: f64) -> Self {
        self.jitter = share;
        self
    }

    pub(crate) fn validate(&self) -> Result<(), SpecError> {
        if self.min.is_zero() {
            return Err(SpecError::ZeroBackoff);
        }
        if self.min > self.max {
            return Err(SpecError::BackoffOrder);
        }
        if !(0.0..=1.0).contains(&self.jitter) {
            return Err(SpecError::BackoffJitter);
        }
        Ok(())
    }

    pub(crate) fn max(&self) -> Duration {
        self.max
    }

    /// The delay after so many failures in a row before this one; `random` is from 0 to 1.
    pub(crate) fn delay(&self, failures: u32, random: f64) -> Duration {
        let factor = 1_u32.checked_shl(failures);
        let doubled = factor.and_then(|factor| self.min.checked_mul(factor));
        let delay = doubled.map_or(self.max, |delay| delay.min(self.max));
        let taken = delay.as_secs_f64() * self.jitter * random;
        delay.saturating_sub(Duration::try_from_secs_f64(taken).unwrap_or(delay))
    }
}
