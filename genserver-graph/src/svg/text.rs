//! How wide a text is, where it is broken, and how it is written.

/// The sizes of the fonts, in pixels.
pub(super) const NAME: f64 = 14.0;
pub(super) const LABEL: f64 = 12.0;
/// From line to line of a label.
pub(super) const LINE: f64 = 16.0;

/// How many characters a line of several labels has at most, and a part of one label.
const LINE_MAX: usize = 24;
const PART_MAX: usize = 32;

/// The width of a text, rather too large than too small.
///
/// The fonts have one width for all Latin letters, which is 0.6 of their size with hardly an
/// exception. Other scripts come from other fonts.
pub(super) fn width(text: &str, size: f64) -> f64 {
    let em = |c: char| match u32::from(c) {
        0..0x250 => 0.62,
        0x250..0x1100 => 0.85,
        _ => 1.1,
    };
    text.chars().map(em).sum::<f64>() * size
}

/// The labels of an arrow, as lines.
pub(super) fn wrap(labels: &[&str]) -> Vec<String> {
    let mut lines = vec![String::new()];
    for (index, label) in labels.iter().enumerate() {
        let mut parts = parts(&shown(label));
        if index + 1 < labels.len()
            && let Some(last) = parts.last_mut()
        {
            last.push(',');
        }
        for (place, part) in parts.iter().enumerate() {
            let line = lines.last_mut().expect("invariant: there is a line");
            let length = line.chars().count() + 1 + part.chars().count();
            if line.is_empty() {
                line.push_str(part);
            } else if place == 0 && length <= LINE_MAX {
                line.push(' ');
                line.push_str(part);
            } else {
                lines.push(part.clone());
            }
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// A label that is too long for a line, broken behind underscores and spaces.
fn parts(label: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for word in label.split_inclusive(['_', ' ']) {
        let part = parts.last_mut().expect("invariant: there is a part");
        let length = part.chars().count() + word.chars().count();
        if part.is_empty() || length <= PART_MAX {
            part.push_str(word);
        } else {
            parts.push(word.to_owned());
        }
    }
    parts
}

/// A text without what has no look: control characters become spaces, and what no XML may hold the
/// sign for it.
pub(super) fn shown(text: &str) -> String {
    let show = |c: char| match c {
        c if c.is_control() || c.is_whitespace() => ' ',
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        c => c,
    };
    text.chars().map(show).collect()
}

/// Writes a text for XML.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in shown(text).chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            c => out.push(c),
        }
    }
    out
}

/// A number of things as a coordinate.
pub(super) fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}
