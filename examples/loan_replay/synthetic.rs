//! Makes up a log of loan applications, for whoever has no real one at hand.
//!
//! The same seed gives the same text on every machine. Like a real log it mixes the application's
//! own events with those of tasks and offers, nests attributes, changes the offset of its times,
//! and names some cases only after their events.

use std::io::{self, Write};

use jiff::tz::{self, Offset};
use jiff::{SignedDuration, Timestamp};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event as XmlEvent};

/// When the first application comes in: 2011-10-01, midnight in the Netherlands.
const OPENING: Timestamp = Timestamp::constant(1_317_420_000, 0);

/// When the clocks go back: from here on the offset is one hour instead of two.
const WINTER: Timestamp = Timestamp::constant(1_319_936_400, 0);

/// The stages of an application that one decision each leads out of: from where, and how many in
/// 100 end there declined, end there cancelled, or stay there. The others go on.
const STAGES: [(&str, [u32; 3]); 4] = [
    ("A_PARTLYSUBMITTED", [42, 3, 0]),
    ("A_PREACCEPTED", [10, 18, 2]),
    ("A_ACCEPTED", [3, 5, 2]),
    ("A_FINALIZED", [14, 24, 6]),
];

/// What a granted loan goes through, in any order.
const GRANT: [&str; 3] = ["A_APPROVED", "A_REGISTERED", "A_ACTIVATED"];

/// What else the bank does meanwhile.
const OTHERS: [(&str, &str); 4] = [
    ("O_SENT", "COMPLETE"),
    ("W_Completeren aanvraag", "START"),
    ("W_Completeren aanvraag", "COMPLETE"),
    ("W_Nabellen offertes", "SCHEDULE"),
];

/// Writes a log of so many `cases` in the XES format to `out`; the `seed` decides what happens in
/// them.
pub(crate) fn write_log(out: impl Write, seed: u64, cases: u16) -> io::Result<()> {
    let mut dice = Dice(seed);
    let mut xml = Writer::new_with_indent(out, b'\t', 1);
    xml.write_event(XmlEvent::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.write_event(XmlEvent::Comment(BytesText::new(" Made up: no such loans exist. ")))?;
    xml.create_element("log").with_attribute(("xes.version", "1.0")).write_inner_content(
        |xml| {
            write_head(xml)?;
            let mut start = OPENING;
            for case in 0..cases {
                // One in five comes in at the same moment as the one before it.
                start += minutes(60 * dice.below(5));
                write_case(xml, &mut dice, case, start)?;
            }
            Ok(())
        },
    )?;
    Ok(())
}

/// What stands before the cases: defaults and figures, with keys that also belong to cases and
/// events.
fn write_head<W: Write>(xml: &mut Writer<W>) -> io::Result<()> {
    for scope in ["trace", "event"] {
        xml.create_element("global").with_attribute(("scope", scope)).write_inner_content(
            |xml| {
                write_attribute(xml, "date", "time:timestamp", "1970-01-01T00:00:00.000+01:00")?;
                write_attribute(xml, "string", "concept:name", "UNKNOWN")
            },
        )?;
    }
    xml.create_element("float")
        .with_attributes([("key", "meta:events_average"), ("value", "4.65")])
        .write_inner_content(|xml| write_attribute(xml, "float", "concept:name", "0.35"))?;
    Ok(())
}

fn write_case<W: Write>(
    xml: &mut Writer<W>,
    dice: &mut Dice,
    case: u16,
    start: Timestamp,
) -> io::Result<()> {
    let name = format!("loan-{case:05}");
    let named_late = dice.below(4) == 0;
    let amount = (500 * (1 + dice.below(99))).to_string();
    xml.create_element("trace").write_inner_content(|xml| {
        write_attribute(xml, "date", "REG_DATE", &iso_8601(start))?;
        if !named_late {
            write_attribute(xml, "string", "concept:name", &name)?;
        }
        write_attribute(xml, "string", "AMOUNT_REQ", &amount)?;
        write_events(xml, dice, start)?;
        if named_late { write_attribute(xml, "string", "concept:name", &name) } else { Ok(()) }
    })?;
    Ok(())
}

fn write_events<W: Write>(
    xml: &mut Writer<W>,
    dice: &mut Dice,
    start: Timestamp,
) -> io::Result<()> {
    let mut at = start;
    for activity in life(dice) {
        write_event(xml, activity, "COMPLETE", at)?;
        if dice.below(2) == 0 {
            at += seconds(dice.below(3600));
            let (other, lifecycle) = dice.pick(&OTHERS);
            write_event(xml, other, lifecycle, at)?;
        }
        // A computer decides some steps at once and a person others after days.
        at += match dice.below(3) {
            0 => SignedDuration::ZERO,
            1 => seconds(dice.below(90)),
            _ => minutes(dice.below(4 * 24 * 60)),
        };
    }
    Ok(())
}

fn write_event<W: Write>(
    xml: &mut Writer<W>,
    name: &str,
    lifecycle: &str,
    at: Timestamp,
) -> io::Result<()> {
    xml.create_element("event").write_inner_content(|xml| {
        write_attribute(xml, "string", "lifecycle:transition", lifecycle)?;
        write_attribute(xml, "string", "concept:name", name)?;
        write_attribute(xml, "date", "time:timestamp", &iso_8601(at))
    })?;
    Ok(())
}

fn write_attribute<W: Write>(
    xml: &mut Writer<W>,
    of_type: &str,
    key: &str,
    value: &str,
) -> io::Result<()> {
    xml.create_element(of_type).with_attributes([("key", key), ("value", value)]).write_empty()?;
    Ok(())
}

/// The activities of one application from its submission to wherever it gets.
fn life(dice: &mut Dice) -> Vec<&'static str> {
    let mut life = vec!["A_SUBMITTED"];
    for (stage, [declined, cancelled, open]) in STAGES {
        life.push(stage);
        let throw = dice.below(100);
        if throw < declined {
            life.push("A_DECLINED");
        } else if throw < declined + cancelled {
            life.push("A_CANCELLED");
        } else if throw >= declined + cancelled + open {
            continue;
        }
        return life;
    }
    let [first, second, third] = GRANT;
    life.extend(dice.pick(&[
        [first, second, third],
        [first, third, second],
        [second, first, third],
        [second, third, first],
        [third, first, second],
        [third, second, first],
    ]));
    life
}

/// `at` as a clock in the Netherlands shows it.
fn iso_8601(at: Timestamp) -> String {
    let offset: Offset = if at < WINTER { tz::offset(2) } else { tz::offset(1) };
    format!("{:.3}", at.display_with_offset(offset))
}

fn minutes(minutes: u32) -> SignedDuration {
    seconds(60 * minutes)
}

fn seconds(seconds: u32) -> SignedDuration {
    SignedDuration::from_secs(seconds.into())
}

/// A small generator of numbers that only look random (splitmix64): the examples shall print the
/// same on every machine.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// The next 32 bits.
    fn throw(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        // The upper half: the shift leaves 32 bits.
        ((mixed ^ (mixed >> 31)) >> 32) as u32
    }

    /// A number from 0 up to, and without, `bound`.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        // Scales instead of dividing: the product is below `bound << 32`.
        ((u64::from(self.throw()) * u64::from(bound)) >> 32) as u32
    }

    fn pick<T: Copy, const N: usize>(&mut self, choices: &[T; N]) -> T {
        let bound = u32::try_from(N).expect("invariant: nobody lists that many choices");
        choices[self.below(bound) as usize]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::Cursor;

    use super::*;
    use crate::log::Log;
    use crate::order::by_time;
    use crate::xes::{Cases, XesError};

    fn text(seed: u64, cases: u16) -> Vec<u8> {
        let mut text = Vec::new();
        write_log(&mut text, seed, cases).expect("a vector takes every byte");
        text
    }

    /// The activities are their own names here.
    fn activity(name: &str) -> Option<&'static str> {
        let stages = STAGES.map(|(stage, _)| stage);
        let ends = ["A_SUBMITTED", "A_DECLINED", "A_CANCELLED"];
        stages.into_iter().chain(ends).chain(GRANT).find(|known| *known == name)
    }

    fn read(text: Vec<u8>) -> Result<Log<&'static str>, XesError> {
        by_time(Cases::new("synthetic", Cursor::new(text), activity)?)
    }

    /// Whether the bank's rules let an application with this `past` do `next`.
    fn is_legal(past: &[&str], next: &str) -> bool {
        match (past.last().copied(), next) {
            (None, "A_SUBMITTED")
            | (Some("A_SUBMITTED"), "A_PARTLYSUBMITTED")
            | (Some("A_PARTLYSUBMITTED"), "A_PREACCEPTED")
            | (Some("A_PREACCEPTED"), "A_ACCEPTED")
            | (Some("A_ACCEPTED"), "A_FINALIZED") => true,
            (Some(stage), "A_DECLINED" | "A_CANCELLED") => {
                STAGES.iter().any(|(open, _)| *open == stage)
            }
            (Some("A_FINALIZED" | "A_APPROVED" | "A_REGISTERED" | "A_ACTIVATED"), _) => {
                GRANT.contains(&next) && !past.contains(&next)
            }
            _ => false,
        }
    }

    #[test]
    fn every_event_is_legal_and_every_end_occurs() {
        let log = read(text(7, 400)).expect("a sound log");
        let mut lives = vec![Vec::new(); log.cases.len()];
        for event in &log.events {
            let life = &mut lives[event.case as usize];
            assert!(is_legal(life, event.activity), "{} after {life:?}", event.activity);
            life.push(event.activity);
        }
        let mut ends = BTreeMap::new();
        for life in &lives {
            *ends.entry(life.last().copied()).or_insert(0) += 1;
        }
        let expected = [
            "A_ACCEPTED",
            "A_ACTIVATED",
            "A_APPROVED",
            "A_CANCELLED",
            "A_DECLINED",
            "A_FINALIZED",
            "A_PREACCEPTED",
            "A_REGISTERED",
        ];
        assert_eq!(ends.keys().copied().flatten().collect::<Vec<_>>(), expected);
        assert_eq!(ends.values().sum::<i32>(), 400);
    }

    #[test]
    fn cases_overlap_and_some_events_share_an_instant() {
        let log = read(text(7, 400)).expect("a sound log");
        assert!(log.events.windows(2).all(|pair| pair[0].at <= pair[1].at));
        assert!(log.events.windows(2).any(|pair| pair[0].case > pair[1].case));
        assert!(
            log.events
                .windows(2)
                .any(|pair| pair[0].at == pair[1].at && pair[0].case < pair[1].case)
        );
    }

    #[test]
    fn the_seed_alone_decides() {
        assert_eq!(text(7, 20), text(7, 20));
        assert_ne!(text(7, 20), text(8, 20));
    }

    #[test]
    fn the_clocks_go_back_within_the_log() {
        let text = String::from_utf8(text(7, 400)).expect("text");
        assert!(text.contains("+02:00\"/>") && text.contains("+01:00\"/>"));
    }

    #[test]
    fn no_cases_are_a_log_too() {
        assert_eq!(
            read(text(7, 0)).expect("an empty log"),
            Log { cases: Vec::new(), events: Vec::new() }
        );
    }
}
