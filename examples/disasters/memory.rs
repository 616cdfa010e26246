//! The memory of this process.

use std::fmt;

/// How much resident memory there is, where the system tells it.
#[derive(Clone, Copy)]
pub(crate) struct Resident(Option<u64>);

impl Resident {
    pub(crate) fn now() -> Self {
        let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
        let pages =
            statm.split_ascii_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok());
        Self(pages.map(|pages| pages * 4))
    }

    /// What has been added since then.
    pub(crate) fn since(self, before: Self) -> Self {
        let both = self.0.zip(before.0);
        Self(both.map(|(now, before)| now.saturating_sub(before)))
    }
}

impl fmt::Display for Resident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(kib) => write!(f, "{kib} KiB more memory"),
            None => f.write_str("memory unknown"),
        }
    }
}
