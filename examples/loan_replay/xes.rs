//! Reads the loan applications out of an event log in the XES format, plain or compressed with
//! gzip, case by case.
//!
//! Only the events whose name begins with `A_` concern the application itself; those of other kinds
//! are skipped. At any time the reader holds one case and the names of all: a log of any length is
//! read in that memory.

mod error;
mod tags;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use flate2::bufread::MultiGzDecoder;
use jiff::Timestamp;

pub(crate) use self::error::{Place, XesError};
use self::tags::{Kind, Tag, Tags};
use crate::log::{Case, Event};

/// What the name of an event of the application begins with.
const PREFIX: &str = "A_";

/// The first bytes of every gzip file.
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The size of the buffers before and after decompression, in bytes.
const BUFFER_SIZE: usize = 64 * 1024;

/// The cases of one log in the order of the file. After an error there are no more.
pub(crate) struct Cases<A> {
    tags: Tags,
    activity: fn(&str) -> Option<A>,
    names: HashSet<Arc<str>>,
    stage: Stage,
}

/// How far a log has been read.
#[derive(Clone, Copy)]
enum Stage {
    BeforeLog,
    InLog,
    Done,
}

/// What is read of an event before anybody judges it.
struct RawEvent {
    place: Place,
    name: Option<String>,
    time: Option<String>,
}

/// Opens the log at `path`; `activity` knows every activity that the log may name.
pub(crate) fn open<A: Copy>(
    path: &Path,
    activity: fn(&str) -> Option<A>,
) -> Result<Cases<A>, XesError> {
    let file =
        File::open(path).map_err(|source| XesError::Open { path: path.to_owned(), source })?;
    Cases::new(&path.to_string_lossy(), file, activity)
}

impl<A: Copy> Cases<A> {
    /// Reads the log from `bytes`; errors call it `log`.
    pub(crate) fn new(
        log: &str,
        bytes: impl Read + 'static,
        activity: fn(&str) -> Option<A>,
    ) -> Result<Self, XesError> {
        let place = Place::start_of(log);
        let text = match plain_text(bytes) {
            Ok(text) => text,
            Err(source) => {
                return Err(XesError::Read { place, source: source.into() });
            }
        };
        Ok(Self {
            tags: Tags::new(text, place),
            activity,
            names: HashSet::new(),
            stage: Stage::BeforeLog,
        })
    }

    fn read_next(&mut self) -> Result<Option<Case<A>>, XesError> {
        if matches!(self.stage, Stage::BeforeLog) {
            self.tags.enter_log()?;
            self.stage = Stage::InLog;
        }
        loop {
            match self.tags.next()? {
                Tag::Open(Kind::Trace) => return self.read_case().map(Some),
                // Extensions, globals, classifiers and figures about the whole log.
                Tag::Open(_) => self.tags.skip_element()?,
                Tag::Close => break,
            }
        }
        // Only at its true end has a compressed log been checked against its checksum.
        self.tags.leave_log()?;
        self.stage = Stage::Done;
        Ok(None)
    }

    fn read_case(&mut self) -> Result<Case<A>, XesError> {
        let index = self.names.len();
        self.tags.enter_case(index);
        let start = self.tags.place();
        let case =
            u32::try_from(index).map_err(|_| XesError::TooManyCases { place: start.clone() })?;
        let mut events = Vec::new();
        // The name of a case may come after its events, and an error is of little use without it.
        let mut fault = None;
        loop {
            match self.tags.next()? {
                Tag::Open(Kind::Event) => {
                    let event = self.read_event()?;
                    match self.judge(event, case) {
                        Ok(event) => events.extend(event),
                        Err(error) => fault = fault.or(Some(error)),
                    }
                }
                Tag::Open(kind) => {
                    if let Kind::Name(name) = kind {
                        self.tags.name_case(name.into());
                    }
                    self.tags.skip_element()?;
                }
                Tag::Close => break,
            }
        }
        let name = self.close_case(start)?;
        match fault {
            Some(error) => Err(error.in_case(name)),
            None => Ok(Case { name, events }),
        }
    }

    /// Checks the name of the case that was just read, which began at `start`.
    fn close_case(&mut self, mut start: Place) -> Result<Arc<str>, XesError> {
        let Some(name) = self.tags.leave_case() else {
            return Err(XesError::CaseWithoutName { place: start });
        };
        if !self.names.insert(Arc::clone(&name)) {
            start.name = Some(name);
            return Err(XesError::DuplicateCase { place: start });
        }
        Ok(name)
    }

    fn read_event(&mut self) -> Result<RawEvent, XesError> {
        self.tags.enter_event();
        let mut raw = RawEvent { place: self.tags.place(), name: None, time: None };
        while let Tag::Open(kind) = self.tags.next()? {
            match kind {
                Kind::Name(name) => raw.name = Some(name),
                Kind::Time(time) => raw.time = Some(time),
                _ => {}
            }
            self.tags.skip_element()?;
        }
        self.tags.leave_event();
        Ok(raw)
    }

    /// The event that `raw` is of this `case`; none if it is of another kind than the
    /// application's. Every error is one of those that [`XesError::in_case`] can name the case of.
    fn judge(&self, raw: RawEvent, case: u32) -> Result<Option<Event<A>>, XesError> {
        let RawEvent { place, name, time } = raw;
        let Some(name) = name else {
            return Err(XesError::EventWithoutName { place });
        };
        if !name.starts_with(PREFIX) {
            return Ok(None);
        }
        let Some(activity) = (self.activity)(&name) else {
            return Err(XesError::UnknownActivity { place, activity: name });
        };
        let Some(time) = time else {
            return Err(XesError::EventWithoutTime { place });
        };
        match time.parse::<Timestamp>() {
            Ok(at) => Ok(Some(Event { case, activity, at })),
            Err(source) => Err(XesError::BadTime { place, time, source }),
        }
    }
}

impl<A: Copy> Iterator for Cases<A> {
    type Item = Result<Case<A>, XesError>;

    fn next(&mut self) -> Option<Self::Item> {
        if matches!(self.stage, Stage::Done) {
            return None;
        }
        let case = self.read_next().transpose();
        if matches!(case, Some(Err(_))) {
            self.stage = Stage::Done;
        }
        case
    }
}

/// The text of a log, decompressed when `bytes` begin as a gzip file does, whatever its name.
fn plain_text(mut bytes: impl Read + 'static) -> io::Result<Box<dyn BufRead>> {
    // A whole buffer, for the parser looks for a byte order mark in the first one it gets.
    let mut head = Vec::new();
    bytes.by_ref().take(BUFFER_SIZE as u64).read_to_end(&mut head)?;
    let compressed = head.starts_with(&GZIP_MAGIC);
    let bytes = io::Cursor::new(head).chain(BufReader::with_capacity(BUFFER_SIZE, bytes));
    if compressed {
        Ok(Box::new(BufReader::with_capacity(BUFFER_SIZE, MultiGzDecoder::new(bytes))))
    } else {
        Ok(Box::new(bytes))
    }
}
