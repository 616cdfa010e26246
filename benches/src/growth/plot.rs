//! What was measured, as lines: a panel a question, both axes logarithmic. What grows with the number
//! rises, and what does not lies flat.

use std::error::Error;
use std::path::Path;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::crowd::Order;
use super::{Growth, Line};
use crate::picture::{Area, corner, sheet};

const HEIGHT: i32 = 430;
/// The field of the lines, from the corner of its panel; below it are the axis and the names.
const LEFT: i32 = 64;
const TOP: i32 = 30;
const FIELD: (i32, i32) = (380, 200);
const NAMES_TOP: i32 = TOP + FIELD.1 + 32;
const NAME: i32 = 17;

/// Red for this project, grey for what it is compared with.
const SERVERS: [RGBColor; 5] = [
    RGBColor(178, 58, 16),
    RGBColor(232, 150, 40),
    RGBColor(110, 30, 90),
    RGBColor(224, 96, 140),
    RGBColor(110, 70, 30),
];
const OTHERS: [RGBColor; 4] = [
    RGBColor(60, 66, 72),
    RGBColor(190, 196, 202),
    RGBColor(100, 108, 116),
    RGBColor(146, 154, 162),
];

/// Draws to a file.
pub fn draw(growth: &Growth, path: &Path) -> Result<(), Box<dyn Error>> {
    let of_order = |order| growth.crowds.iter().filter(move |line| line.order == Some(order));
    let panels: [(&str, Vec<&Line>); 4] = [
        ("The same server each time, of so many alive", of_order(Order::Same).collect()),
        ("Any server, of so many alive", of_order(Order::Any).collect()),
        ("So many messages in the mailbox", growth.mailboxes.iter().collect()),
        ("So many other calls that wait", growth.waiting.iter().collect()),
    ];
    let area = sheet(path, (panels.len(), HEIGHT), "Time of an operation.", &growth.machine)?;
    for (number, (title, lines)) in (0..).zip(panels) {
        let corner = corner(number, HEIGHT);
        area.draw(&Text::new(title, (corner.0 + 12, corner.1), ("sans-serif", 15).into_font()))?;
        if !lines.is_empty() {
            Panel::new(&lines).draw(&area, &lines, corner)?;
        }
    }
    area.present()?;
    Ok(())
}

/// The decades that a panel shows.
struct Panel {
    /// The largest number, as a power of ten.
    right: f64,
    /// The powers of ten between which all times lie.
    times: (f64, f64),
}

/// A number as a power of ten; none at all stands where one does.
fn power(count: u32) -> f64 {
    f64::from(count.max(1)).log10()
}

impl Panel {
    fn new(lines: &[&Line]) -> Self {
        let points = || lines.iter().flat_map(|line| &line.points);
        let times = || points().map(|point| point.spread.median.log10());
        let right = points().map(|point| power(point.count)).fold(1.0, f64::max);
        let least = times().fold(f64::MAX, f64::min).floor();
        let most = times().fold(f64::MIN, f64::max).ceil();
        Self { right, times: (least, most.max(least + 1.0)) }
    }

    /// Where something lies, from the corner of its panel.
    fn place(&self, corner: (i32, i32), number: f64, time: f64) -> (i32, i32) {
        let (least, most) = self.times;
        let right = share(number / self.right, FIELD.0);
        let up = share((time - least) / (most - least), FIELD.1);
        (corner.0 + LEFT + right, corner.1 + TOP + FIELD.1 - up)
    }

    fn draw(
        &self,
        area: &Area<'_>,
        lines: &[&Line],
        corner: (i32, i32),
    ) -> Result<(), Box<dyn Error>> {
        self.draw_axes(area, lines, corner)?;
        let label = ("sans-serif", 12).into_font().color(&BLACK);
        let (mut servers, mut others) = (SERVERS.iter().cycle(), OTHERS.iter().cycle());
        let mut top = corner.1 + NAMES_TOP;
        for line in lines {
            let next = if line.reference { others.next() } else { servers.next() };
            let color = next.expect("it goes round");
            let places: Vec<_> = line
                .points
                .iter()
                .map(|point| self.place(corner, power(point.count), point.spread.median.log10()))
                .collect();
            for place in &places {
                area.draw(&Circle::new(*place, 3, color.filled()))?;
            }
            area.draw(&PathElement::new(places, color.stroke_width(2)))?;
            let left = corner.0 + LEFT;
            let stroke = vec![(left, top + 6), (left + 22, top + 6)];
            area.draw(&PathElement::new(stroke, color.stroke_width(3)))?;
            area.draw(&Text::new(line.operation, (left + 30, top), label.clone()))?;
            top += NAME;
        }
        Ok(())
    }

    /// A line for each power of ten of the times, and a number below each that was measured.
    fn draw_axes(
        &self,
        area: &Area<'_>,
        lines: &[&Line],
        corner: (i32, i32),
    ) -> Result<(), Box<dyn Error>> {
        let label = ("sans-serif", 12).into_font().color(&BLACK);
        let to_the_left = label.pos(Pos::new(HPos::Right, VPos::Center));
        let below = label.pos(Pos::new(HPos::Center, VPos::Top));
        let mut time = self.times.0;
        while time <= self.times.1 {
            let left = self.place(corner, 0.0, time);
            let right = self.place(corner, self.right, time);
            area.draw(&PathElement::new(vec![left, right], RGBColor(220, 224, 228)))?;
            let text = named(time);
            area.draw(&Text::new(text, (left.0 - 8, left.1), to_the_left.clone()))?;
            time += 1.0;
        }
        for point in &lines[0].points {
            let (x, y) = self.place(corner, power(point.count), self.times.0);
            area.draw(&Text::new(point.label, (x, y + 8), below.clone()))?;
        }
        Ok(())
    }
}

/// A part of a length.
#[expect(clippy::cast_possible_truncation, reason = "at most the length")]
fn share(part: f64, length: i32) -> i32 {
    (part * f64::from(length)).round() as i32
}

/// A power of ten of nanoseconds.
fn named(power: f64) -> String {
    let nanoseconds = 10.0_f64.powf(power);
    if power < 3.0 {
        format!("{nanoseconds:.0} ns")
    } else if power < 6.0 {
        format!("{:.0} us", nanoseconds / 1e3)
    } else {
        format!("{:.0} ms", nanoseconds / 1e6)
    }
}
