//! The only door to time, so that `tokio::time::pause` drives everything.

pub use tokio::time::Instant;
pub(crate) use tokio::time::{Sleep, sleep, sleep_until, timeout_at};

/// A duration as people write it: `5s`, `250ms`, `4.9s`.
pub(crate) struct Human(pub(crate) std::time::Duration);

impl std::fmt::Display for Human {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let millis = self.0.as_millis();
        match (millis / 1000, millis % 1000) {
            (0, 0) => write!(f, "{:?}", self.0),
            (0, ms) => write!(f, "{ms}ms"),
            (s, ms) if ms < 50 => write!(f, "{s}s"),
            _ => write!(f, "{:.1}s", self.0.as_secs_f64()),
        }
    }
}

/// A time so far away that nothing waits for it.
const FAR: std::time::Duration = std::time::Duration::from_secs(60 * 60 * 24 * 365 * 100);

/// A time of the calendar as one of this clock: by how far it is from now.
pub(crate) fn at_calendar(at: std::time::SystemTime) -> Instant {
    after(at.duration_since(std::time::SystemTime::now()).unwrap_or_default())
}

/// The time after a duration, however long that is.
#[must_use]
pub fn after(duration: std::time::Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(duration).unwrap_or(now + FAR)
}
