//! What the reader makes of sound logs, of wrong ones, and of damaged ones.

use std::error::Error;
use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;
use crate::synthetic::Dice;

/// A log with everything that a reader may stumble over, and nothing after its last tag.
const SOUND: &str = r#"<?xml version="1.0" encoding="UTF-8" ?>
<!-- two cases -->
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <global scope="event"><string key="concept:name" value="A_UNKNOWN"/></global>
  <float key="mean" value="19.9"><float key="concept:name" value="2.5"/><event/></float>
  <trace>
    <string key="concept:name" value="loan &amp; 1"/>
    <event>
      <string key="lifecycle:transition" value="COMPLETE"/>
      <string key="concept:name" value="A_OPEN"><string key="concept:name" value="A_NESTED"/></string>
      <date key="time:timestamp" value="2012-03-01T09:27:41.325+01:00"/>
    </event>
    <event><string key="concept:name" value="W_OPEN"/></event>
    <event><date key="time:timestamp" value="2012-03-01T08:27:42Z"/><string key="concept:name" value="A_SHUT"></string></event>
  </trace>
  <trace>
    <event><string key='concept:name' value='A_OPEN'/><date key='time:timestamp' value='2012-03-25T03:00:00+02:00'/></event>
    <string key="concept:name" value="løn 2"/>
  </trace>
</log>"#;

/// What is in [`SOUND`].
const SOUND_CASES: [&str; 2] = [
    "loan & 1: Open 2012-03-01T08:27:41.325Z, Shut 2012-03-01T08:27:42Z",
    "løn 2: Open 2012-03-25T01:00:00Z",
];

#[derive(Clone, Copy, Debug)]
enum Activity {
    Open,
    Shut,
}

fn activity(name: &str) -> Option<Activity> {
    match name {
        "A_OPEN" => Some(Activity::Open),
        "A_SHUT" => Some(Activity::Shut),
        _ => None,
    }
}

/// The cases of `bytes` in short, with checked indices.
fn read(bytes: &[u8]) -> Result<Vec<String>, XesError> {
    let cases = Cases::new("log.xes", Cursor::new(bytes.to_vec()), activity)?;
    cases.zip(0..).map(|(case, index)| case.map(|case| in_short(&case, index))).collect()
}

#[track_caller]
fn in_short(case: &Case<Activity>, index: u32) -> String {
    let event = |event: &Event<Activity>| {
        assert_eq!(event.case, index);
        format!("{:?} {}", event.activity, event.at)
    };
    format!("{}: {}", case.name, case.events.iter().map(event).collect::<Vec<_>>().join(", "))
}

/// The message of reading `bytes`, with its cause.
#[track_caller]
fn message(bytes: &[u8]) -> String {
    let error = read(bytes).expect_err("a fault in the log");
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

/// Reads a log whose case `7` has a sound event and then this `event`; the name of the case stands
/// first, then last.
#[track_caller]
fn check_event(event: &str, expected: &str) {
    let first = r#"<event><string key="concept:name" value="W_X"/></event>"#;
    for case in ["<trace>NAME FIRST EVENT</trace>", "<trace>FIRST EVENT EVENT NAME</trace>"] {
        let case = case.replace("NAME", r#"<string key="concept:name" value="7"/>"#);
        let text = format!("<log>{}</log>", case.replace("FIRST", first).replace("EVENT", event));
        let byte = text.find(event).expect("the event is there");
        let error = read(text.as_bytes()).expect_err("a fault in the event");
        assert_eq!(
            error.to_string(),
            format!("log.xes, byte {byte}, case `7`, event 2: {expected}")
        );
    }
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(message(text.as_bytes()), expected);
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text).expect("a vector takes every byte");
    encoder.finish().expect("a vector takes every byte")
}

#[test]
fn a_sound_log_is_read_plain_and_compressed() {
    assert_eq!(read(SOUND.as_bytes()).expect("plain"), SOUND_CASES);
    assert_eq!(read(&gzip(SOUND.as_bytes())).expect("compressed"), SOUND_CASES);
}

#[test]
fn a_compressed_log_may_have_several_members() {
    let (head, tail) = SOUND.as_bytes().split_at(700);
    assert_eq!(read(&[gzip(head), gzip(tail)].concat()).expect("both members"), SOUND_CASES);
}

#[test]
fn white_space_comments_and_a_byte_order_mark_may_surround_the_log() {
    assert_eq!(
        read(format!("\u{feff}{SOUND}\n<!-- end -->\n").as_bytes()).expect("sound"),
        SOUND_CASES
    );
}

#[test]
fn a_log_without_cases_is_a_log() {
    assert!(read(b"<log/>").expect("an empty log").is_empty());
    assert_eq!(
        read(b"<log><trace><int key='concept:name' value='9'/></trace></log>").expect("one case"),
        ["9: "]
    );
}

#[test]
fn no_case_follows_an_error() {
    let text = SOUND.replace("A_SHUT", "A_LOST");
    let mut cases = Cases::new("log.xes", Cursor::new(text), activity).expect("it begins well");
    assert!(cases.next().is_some_and(|case| case.is_err()));
    assert!(cases.next().is_none());
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let path = Path::new("no such folder/no such log.xes.gz");
    let error = open(path, activity).err().expect("there is no such file");
    assert_eq!(error.to_string(), "cannot open no such folder/no such log.xes.gz");
    assert!(error.source().is_some());
}

#[test]
fn an_event_at_fault_is_named_with_its_case_wherever_the_name_stands() {
    check_event("<event/>", "the event has no name");
    check_event("<event><string key='concept:name' value=''/></event>", "the event has no name");
    check_event(
        "<event><string key='concept:name' value='A_OPEN'/></event>",
        "the event has no time",
    );
    check_event(
        "<event><string key='concept:name' value='A_LOST'/></event>",
        "unknown activity `A_LOST`",
    );
    check_event(
        "<event><string key='concept:name' value='A_OPEN'/><date key='time:timestamp' value='today'/></event>",
        "`today` is not a time with an offset",
    );
}

#[test]
fn a_time_without_an_offset_is_refused() {
    let text = SOUND.replace("08:27:42Z", "08:27:42");
    assert!(
        matches!(read(text.as_bytes()), Err(XesError::BadTime { time, .. }) if time == "2012-03-01T08:27:42")
    );
}

#[test]
fn a_case_needs_a_name_of_its_own() {
    let named = r#"<trace><string key="concept:name" value="7"/></trace>"#;
    check(
        &format!("<log>{named}<trace/></log>"),
        "log.xes, byte 58, case number 2: the case has no name",
    );
    check(
        &format!("<log>{named}{named}</log>"),
        "log.xes, byte 58, case `7`: an earlier case has the same name",
    );
    check(
        "<log><trace><string key='concept:name' value=''/></trace></log>",
        "log.xes, byte 5, case number 1: the case has no name",
    );
}

#[test]
fn a_file_without_a_log_is_refused() {
    for text in ["", "\u{1f}", "a,b\n1,2\n", "<html><log></log></html>", "&amp;<log/>"] {
        check(text, "log.xes, byte 0: there is no XES log in this file");
    }
    check("\n", "log.xes, byte 1: there is no XES log in this file");
    check("<?xml version='1.0'?>", "log.xes, byte 21: there is no XES log in this file");
}

#[test]
fn something_after_the_log_is_refused() {
    for rest in ["<log/>", "rest", "&amp;", "<![CDATA[rest]]>"] {
        check(
            &format!("<log></log>{rest}"),
            "log.xes, byte 11: something follows the end of the log",
        );
    }
    let error = read(&[gzip(SOUND.as_bytes()), b"rest".to_vec()].concat());
    assert!(matches!(error, Err(XesError::Truncated { .. } | XesError::Read { .. })), "{error:?}");
}

#[test]
fn malformed_text_is_named_with_its_place() {
    check(
        "<log><trace></log>",
        "log.xes, byte 12, case number 1: malformed XML: ill-formed document: expected `</trace>`, but `</log>` was found",
    );
    let text = "<log><trace><string key='concept:name' value='&nbsp;'/></trace></log>";
    assert!(
        message(text.as_bytes()).starts_with("log.xes, byte 12, case number 1: malformed XML: ")
    );
}

#[test]
fn a_log_that_ends_inside_an_event_is_cut_off_there() {
    let text = SOUND.split_inclusive("A_SHUT").next().expect("there is a first part");
    let byte = text.rfind("<string").expect("the tag is there");
    check(text, &format!("log.xes, byte {byte}, case `loan & 1`, event 3: the log is cut off"));
}

#[test]
fn a_log_cut_at_any_byte_is_an_error() {
    for bytes in [SOUND.as_bytes().to_vec(), gzip(SOUND.as_bytes())] {
        for end in 0..bytes.len() {
            let cases = read(&bytes[..end]);
            assert!(cases.is_err(), "cut at byte {end} of {}: {cases:?}", bytes.len());
        }
    }
}

#[test]
fn a_compressed_log_with_a_flipped_byte_is_read_whole_or_not_at_all() {
    let bytes = gzip(SOUND.as_bytes());
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut bytes = bytes.clone();
            bytes[at] ^= 1 << bit;
            if let Ok(cases) = read(&bytes) {
                assert_eq!(cases, SOUND_CASES, "bit {bit} of byte {at} flipped");
            }
        }
    }
}

#[test]
fn flipped_bytes_never_panic() {
    let mut dice = Dice(2012);
    let bound = u32::try_from(SOUND.len()).expect("a short log");
    let mut refused = 0;
    for _ in 0..4000 {
        let mut bytes = SOUND.as_bytes().to_vec();
        for _ in 0..=dice.below(4) {
            bytes[dice.below(bound) as usize] ^=
                u8::try_from(1 + dice.below(255)).expect("below 256");
        }
        refused += u32::from(read(&bytes).is_err());
    }
    assert!((1..4000).contains(&refused), "{refused} of 4000 were refused");
}
