//! The comparison as bars: a panel a scenario, a bar a contender.

use std::error::Error;
use std::path::Path;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::contender::Contender;
use crate::contenders::hand_written::HandWritten;
use crate::contenders::mutex::Locked;
use crate::machine::Machine;
use crate::report::{Report, Row};
use crate::runtime::Flavor;
use crate::scenario::Scenario;
use crate::scenario::calls::{ManyCallers, OneCaller, PingPong};
use crate::scenario::casts::OneProducer;
use crate::scenario::crowd::RoundRobin;
use crate::scenario::life::StartCallStop;

/// What is drawn; all of it is in the table.
const PANELS: [(&str, Flavor); 8] = [
    (OneCaller::NAME, Flavor::One),
    (OneCaller::NAME, Flavor::Two),
    (ManyCallers::NAME, Flavor::One),
    (ManyCallers::NAME, Flavor::Two),
    (RoundRobin::NAME, Flavor::Two),
    (PingPong::NAME, Flavor::One),
    (OneProducer::NAME, Flavor::One),
    (StartCallStop::NAME, Flavor::One),
];

const WIDTH: i32 = 470;
const HEIGHT: i32 = 280;
const HEAD: i32 = 44;
const COLUMNS: i32 = 2;
/// Where bars begin, and how long the longest one is.
const BARS_LEFT: i32 = 160;
const BARS_WIDTH: i32 = 230;
const BAR: i32 = 18;

/// Dark for this project, middle for what one would write by hand, light for the others.
fn color(contender: &str) -> RGBColor {
    if contender.starts_with("genserver") {
        RGBColor(178, 58, 16)
    } else if contender.starts_with(HandWritten::NAME) || contender == Locked::NAME {
        RGBColor(90, 100, 110)
    } else {
        RGBColor(168, 176, 184)
    }
}

/// Draws to a file.
pub fn draw(report: &Report, path: &Path) -> Result<(), Box<dyn Error>> {
    let title = "Time of an operation, shorter is better.";
    let area = sheet(path, (PANELS.len(), HEIGHT), title, &report.machine)?;
    for (number, (scenario, runtime)) in (0_i32..).zip(PANELS) {
        let (left, top) = corner(number, HEIGHT);
        let bars: Vec<&Row> = report
            .rows
            .iter()
            .filter(|row| row.scenario == scenario && row.runtime == runtime)
            .filter(|row| row.spread.is_some())
            .collect();
        let title = format!("{scenario}, {runtime}");
        area.draw(&Text::new(title, (left + 12, top), ("sans-serif", 15).into_font()))?;
        draw_bars(&area, &bars, (left, top + 24))?;
    }
    area.present()?;
    Ok(())
}

pub type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

/// An empty sheet for so many panels of such a height, with its head.
pub fn sheet<'a>(
    path: &'a Path,
    (panels, height): (usize, i32),
    title: &str,
    machine: &Machine,
) -> Result<Area<'a>, Box<dyn Error>> {
    let rows = i32::try_from(panels)? / COLUMNS;
    let size = (u32::try_from(WIDTH * COLUMNS)?, u32::try_from(HEAD + height * rows)?);
    let area = SVGBackend::new(path, size).into_drawing_area();
    area.fill(&WHITE)?;
    let Machine { cores, processor, rustc, .. } = machine;
    let head = format!("{title} {cores} cores of {processor}, {rustc}");
    area.draw(&Text::new(head, (12, 14), ("sans-serif", 14).into_font()))?;
    Ok(area)
}

/// Where a panel begins.
pub const fn corner(number: i32, height: i32) -> (i32, i32) {
    (number % COLUMNS * WIDTH, HEAD + number / COLUMNS * height)
}

fn draw_bars(area: &Area<'_>, rows: &[&Row], corner: (i32, i32)) -> Result<(), Box<dyn Error>> {
    let (left, mut top) = corner;
    let label = ("sans-serif", 12).into_font().color(&BLACK);
    let to_the_left = label.pos(Pos::new(HPos::Right, VPos::Top));
    let medians = rows.iter().filter_map(|row| row.spread).map(|spread| spread.median);
    let longest = medians.clone().fold(f64::MIN_POSITIVE, f64::max);
    for (row, median) in rows.iter().zip(medians) {
        #[expect(clippy::cast_possible_truncation, reason = "at most `BARS_WIDTH`")]
        let length = (f64::from(BARS_WIDTH) * median / longest).round().max(1.0) as i32;
        let begin = (left + BARS_LEFT, top);
        let end = (begin.0 + length, top + BAR - 5);
        area.draw(&Text::new(row.contender, (begin.0 - 6, top), to_the_left.clone()))?;
        area.draw(&Rectangle::new([begin, end], color(row.contender).filled()))?;
        area.draw(&Text::new(format!("{median:.0} ns"), (end.0 + 6, top), label.clone()))?;
        top += BAR;
    }
    Ok(())
}
