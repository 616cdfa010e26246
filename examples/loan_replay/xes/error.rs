//! What can be wrong with a log, and where.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Why a log cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum XesError {
    /// The file is not there, or not ours to read.
    #[error("cannot open {}", path.display())]
    Open { path: PathBuf, source: io::Error },
    /// The file gives no more bytes, or its compression is damaged.
    #[error("{place}: cannot read on")]
    Read { place: Place, source: Arc<io::Error> },
    /// The text ends too early.
    #[error("{place}: the log is cut off")]
    Truncated { place: Place },
    /// The text is not XML.
    #[error("{place}: malformed XML")]
    Malformed { place: Place, source: quick_xml::Error },
    /// The text is something else, or nothing.
    #[error("{place}: there is no XES log in this file")]
    NotALog { place: Place },
    /// A second log, for example.
    #[error("{place}: something follows the end of the log")]
    AfterLog { place: Place },
    /// A case without `concept:name`, or with an empty one.
    #[error("{place}: the case has no name")]
    CaseWithoutName { place: Place },
    /// Two cases share one name.
    #[error("{place}: an earlier case has the same name")]
    DuplicateCase { place: Place },
    /// More cases than an index can count.
    #[error("{place}: too many cases")]
    TooManyCases { place: Place },
    /// An event without `concept:name`, or with an empty one.
    #[error("{place}: the event has no name")]
    EventWithoutName { place: Place },
    /// An event of the application without `time:timestamp`, or with an empty one.
    #[error("{place}: the event has no time")]
    EventWithoutTime { place: Place },
    /// A time that is not ISO 8601, or that leaves its offset open.
    #[error("{place}: `{time}` is not a time with an offset")]
    BadTime { place: Place, time: String, source: jiff::Error },
    /// An event of the application that the caller does not know.
    #[error("{place}: unknown activity `{activity}`")]
    UnknownActivity { place: Place, activity: String },
}

impl XesError {
    /// What `error`, found at `place`, says about the log.
    pub(super) fn from_xml(place: Place, error: quick_xml::Error) -> Self {
        use quick_xml::Error as Xml;
        use quick_xml::errors::SyntaxError;
        match error {
            Xml::Io(source) if source.kind() == io::ErrorKind::UnexpectedEof => {
                Self::Truncated { place }
            }
            Xml::Io(source) => Self::Read { place, source },
            // Markup that begins wrongly is malformed; every other error of syntax is markup that
            // never ends.
            Xml::Syntax(error) if error != SyntaxError::InvalidBangMarkup => {
                Self::Truncated { place }
            }
            source => Self::Malformed { place, source },
        }
    }

    /// The same error, and if one event is at fault, with the name of its case.
    pub(super) fn in_case(mut self, name: Arc<str>) -> Self {
        if let Self::EventWithoutName { place }
        | Self::EventWithoutTime { place }
        | Self::BadTime { place, .. }
        | Self::UnknownActivity { place, .. } = &mut self
        {
            place.name = Some(name);
        }
        self
    }
}

/// A place in the text of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// What the log is called: the path of its file.
    pub(super) log: Arc<str>,
    /// How many bytes of the text, after decompression, come before.
    pub(super) byte: u64,
    /// The number of the case, counted from 1.
    pub(super) case: Option<u64>,
    /// The name of the case, as soon as it is known.
    pub(super) name: Option<Arc<str>>,
    /// The number of the event within its case, counted from 1 with the events of other kinds.
    pub(super) event: Option<u64>,
}

impl Place {
    /// Where the log called `log` begins.
    pub(super) fn start_of(log: &str) -> Self {
        Self { log: log.into(), byte: 0, case: None, name: None, event: None }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, byte {}", self.log, self.byte)?;
        match (&self.name, self.case) {
            (Some(name), _) => write!(f, ", case `{name}`")?,
            (None, Some(case)) => write!(f, ", case number {case}")?,
            (None, None) => {}
        }
        match self.event {
            Some(event) => write!(f, ", event {event}"),
            None => Ok(()),
        }
    }
}
