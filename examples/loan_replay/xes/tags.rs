//! The tags of an XES text one after another, and where in the text they stand.

use std::io::BufRead;
use std::sync::Arc;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event as XmlEvent};

use super::error::{Place, XesError};

/// An element begins or ends; `<string/>` does both.
pub(super) enum Tag {
    Open(Kind),
    Close,
}

/// What an element is, as far as this reader cares.
pub(super) enum Kind {
    Log,
    Trace,
    Event,
    /// An attribute `concept:name`, which is not empty.
    Name(String),
    /// An attribute `time:timestamp`, which is not empty.
    Time(String),
    Other,
}

/// Pulls one tag after another out of a text.
pub(super) struct Tags {
    text: quick_xml::Reader<Box<dyn BufRead>>,
    buffer: Vec<u8>,
    /// Where the latest tag begins.
    place: Place,
    /// How many elements are open.
    depth: u64,
    /// Whether the element `log` has been entered.
    in_log: bool,
    /// How many events of the case have begun.
    events: u64,
}

impl Tags {
    /// The tags of `text`, which begins at `place`.
    pub(super) fn new(text: Box<dyn BufRead>, place: Place) -> Self {
        let mut text = quick_xml::Reader::from_reader(text);
        text.config_mut().expand_empty_elements = true;
        Self { text, buffer: Vec::new(), place, depth: 0, in_log: false, events: 0 }
    }

    /// Where the latest tag begins.
    pub(super) fn place(&self) -> Place {
        self.place.clone()
    }

    /// Reads up to the first tag, which must open the log.
    pub(super) fn enter_log(&mut self) -> Result<(), XesError> {
        match self.read()? {
            Some(Tag::Open(Kind::Log)) => {
                self.in_log = true;
                Ok(())
            }
            _ => Err(self.outside_log()),
        }
    }

    /// Reads from the end of the log to the end of the text: nothing more may come.
    pub(super) fn leave_log(&mut self) -> Result<(), XesError> {
        match self.read()? {
            Some(_) => Err(self.outside_log()),
            None => Ok(()),
        }
    }

    /// The next tag inside the log.
    pub(super) fn next(&mut self) -> Result<Tag, XesError> {
        match self.read()? {
            Some(tag) => Ok(tag),
            None => Err(XesError::Truncated { place: self.place() }),
        }
    }

    /// Reads to the end of the element that the latest tag opened.
    pub(super) fn skip_element(&mut self) -> Result<(), XesError> {
        let outer = self.depth.saturating_sub(1);
        while self.depth > outer {
            self.next()?;
        }
        Ok(())
    }

    /// From here on, places are in the case after `earlier` others.
    pub(super) fn enter_case(&mut self, earlier: usize) {
        self.place.case = Some(earlier as u64 + 1);
        self.events = 0;
    }

    /// From here on, places name the case.
    pub(super) fn name_case(&mut self, name: Arc<str>) {
        self.place.name = Some(name);
    }

    /// From here on, places are outside every case; answers the name of the case that was left.
    pub(super) fn leave_case(&mut self) -> Option<Arc<str>> {
        self.place.case = None;
        self.place.name.take()
    }

    /// From here on, places are in the next event of the case.
    pub(super) fn enter_event(&mut self) {
        self.events += 1;
        self.place.event = Some(self.events);
    }

    /// From here on, places are in the case and outside its events.
    pub(super) fn leave_event(&mut self) {
        self.place.event = None;
    }

    /// The next tag; none at the end of the text.
    fn read(&mut self) -> Result<Option<Tag>, XesError> {
        loop {
            self.buffer.clear();
            self.place.byte = self.text.buffer_position();
            match self.text.read_event_into(&mut self.buffer) {
                Ok(XmlEvent::Start(start)) => {
                    self.depth += 1;
                    let malformed =
                        |source| XesError::Malformed { place: self.place.clone(), source };
                    return kind(&start).map(|kind| Some(Tag::Open(kind))).map_err(malformed);
                }
                Ok(XmlEvent::End(_)) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Some(Tag::Close));
                }
                Ok(XmlEvent::Eof) => return Ok(None),
                Ok(event) if self.depth == 0 && is_text(&event) => break,
                // Comments, instructions, and the white space between tags.
                Ok(_) => {}
                Err(error) => {
                    // A damaged tag is found at its end, but is looked for at its beginning.
                    self.place.byte = self.place.byte.max(self.text.error_position());
                    return Err(XesError::from_xml(self.place.clone(), error));
                }
            }
        }
        Err(self.outside_log())
    }

    /// The error of finding something that is not in the log.
    fn outside_log(&self) -> XesError {
        let place = self.place();
        if self.in_log { XesError::AfterLog { place } } else { XesError::NotALog { place } }
    }
}

/// Whether there is more to `event` than white space.
fn is_text(event: &XmlEvent<'_>) -> bool {
    match event {
        XmlEvent::Text(text) => !text.trim_ascii().is_empty(),
        XmlEvent::CData(_) | XmlEvent::GeneralRef(_) => true,
        _ => false,
    }
}

/// What the element that `start` opens is.
fn kind(start: &BytesStart<'_>) -> quick_xml::Result<Kind> {
    match start.local_name().as_ref() {
        "log" => Ok(Kind::Log),
        "trace" => Ok(Kind::Trace),
        "event" => Ok(Kind::Event),
        _ => attribute(start),
    }
}

/// What the XES attribute that `start` opens says; its type is of no interest, only its key.
fn attribute(start: &BytesStart<'_>) -> quick_xml::Result<Kind> {
    let mut key = None;
    let mut value = None;
    for attribute in start.attributes() {
        let attribute = attribute?;
        match attribute.key.as_ref() {
            "key" => key = Some(attribute.normalized_value(XmlVersion::Implicit1_0)?),
            "value" => value = Some(attribute.normalized_value(XmlVersion::Implicit1_0)?),
            _ => {}
        }
    }
    Ok(match (key.as_deref(), value) {
        (Some("concept:name"), Some(name)) if !name.is_empty() => Kind::Name(name.into_owned()),
        (Some("time:timestamp"), Some(time)) if !time.is_empty() => Kind::Time(time.into_owned()),
        _ => Kind::Other,
    })
}
