//! How many restarts are too many.

use std::collections::VecDeque;
use std::time::Duration;

use crate::clock::Instant;
use crate::supervisor::spec::SpecError;

/// The restarts of the last while, and how many of them are allowed.
///
/// The window slides, as that of `supervisor:add_restart`; differs: it is not rounded to seconds.
#[derive(Clone, Debug)]
pub(crate) struct Intensity {
    max: u32,
    period: Duration,
    /// Oldest first. At most one more than `max`, as that one is the end of the supervisor.
    times: VecDeque<Instant>,
}

impl Intensity {
    /// # Errors
    ///
    /// [`SpecError::ZeroPeriod`].
    pub(crate) fn new(max: u32, period: Duration) -> Result<Self, SpecError> {
        if period.is_zero() {
            return Err(SpecError::ZeroPeriod);
        }
        Ok(Self { max, period, times: VecDeque::new() })
    }

    /// Counts a restart, and says whether it is still allowed.
    pub(crate) fn add(&mut self, now: Instant) -> bool {
        let is_old = |&time: &Instant| now.saturating_duration_since(time) > self.period;
        while self.times.front().is_some_and(is_old) {
            self.times.pop_front();
        }
        self.times.push_back(now);
        u32::try_from(self.times.len()).is_ok_and(|count| count <= self.max)
    }
}
