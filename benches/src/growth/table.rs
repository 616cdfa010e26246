//! What was measured, as tables.

use benches::Spread;

use super::crowd::Order;
use super::{Growth, Line};

/// A table a question, a line an operation, a column a number.
pub fn print(growth: &Growth) {
    growth.machine.print();
    println!("{} rounds; ns: median (least to most)", growth.rounds);
    for order in Order::ALL {
        let of_order = growth.crowds.iter().filter(|line| line.order == Some(order));
        print_lines(&format!("{}, of so many alive", order.name()), of_order);
    }
    print_lines("so many messages in the mailbox", growth.mailboxes.iter());
    print_lines("so many other calls that wait", growth.waiting.iter());
}

fn print_lines<'a>(title: &str, lines: impl Iterator<Item = &'a Line> + Clone) {
    let Some(longest) = lines.clone().max_by_key(|line| line.points.len()) else { return };
    let counts: Vec<&str> = longest.points.iter().map(|point| point.label).collect();
    println!("\n| {title} | {} | most / fewest |", counts.join(" | "));
    println!("|---|{}---:|", "---:|".repeat(counts.len()));
    for line in lines {
        let mut cells: Vec<String> = line.points.iter().map(|point| cell(point.spread)).collect();
        cells.resize(counts.len(), "not measured".to_owned());
        let medians: Vec<f64> = line.points.iter().map(|point| point.spread.median).collect();
        let grown = medians[medians.len() - 1] / medians[0];
        println!("| {} | {} | {grown:.1} x |", line.operation, cells.join(" | "));
    }
}

fn cell(spread: Spread) -> String {
    let Spread { median, min, max } = spread;
    format!("{median:.0} ({min:.0} to {max:.0})")
}
