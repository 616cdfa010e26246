//! What all servers do at one moment, as a picture.

use std::time::Duration;

use genserver_runtime::{Activity, AnyServer, Status, servers};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};
use ratatui::style::{Style, Stylize as _};
use ratatui::text::Line;
use ratatui::widgets::{Block, Row, Table};

/// How many servers each table shows.
const SHOWN: usize = 10;

/// All servers at one moment.
pub struct Picture {
    statuses: Vec<Status>,
}

/// The handler that a server runs, and for how long.
fn handler(status: &Status) -> Option<(&'static str, Duration)> {
    match status.activity {
        Activity::Handling { handler, since } => Some((handler, since)),
        _ => None,
    }
}

fn who(status: &Status) -> String {
    match &status.name {
        Some(name) => format!("{} {name}", status.server),
        None => format!("{} {}", status.server, status.id),
    }
}

impl Picture {
    /// Looks at every server, and stops none.
    pub fn take() -> Self {
        Self { statuses: servers().iter().filter_map(AnyServer::status).collect() }
    }

    fn fullest(&self) -> Vec<&Status> {
        let mut statuses: Vec<_> = self.statuses.iter().collect();
        statuses.sort_by_key(|status| (std::cmp::Reverse(status.mailbox.now), status.id));
        statuses.truncate(SHOWN);
        statuses
    }

    fn slowest(&self) -> Vec<(&Status, &'static str, Duration)> {
        let busy = |status| handler(status).map(|(handler, since)| (status, handler, since));
        let mut busy: Vec<_> = self.statuses.iter().filter_map(busy).collect();
        busy.sort_by_key(|(status, _, since)| (std::cmp::Reverse(since.as_secs()), status.id));
        busy.truncate(SHOWN);
        busy
    }

    /// Two tables under a line that sums up.
    pub fn draw(&self, frame: &mut Frame<'_>) {
        let rows = [Constraint::Length(1), Constraint::Fill(1), Constraint::Fill(1)];
        let [head, upper, lower] = Layout::vertical(rows).areas(frame.area());
        let busy = self.statuses.iter().filter(|status| handler(status).is_some()).count();
        let waiting: usize = self.statuses.iter().map(|status| status.mailbox.now).sum();
        let all = self.statuses.len();
        let text = format!("{all} servers, {busy} busy, {waiting} messages wait; q: quit");
        frame.render_widget(Line::from(text).bold(), head);

        let full = self.fullest().into_iter().map(|status| {
            let bound = status.mailbox.bound.map_or_else(|| "-".to_owned(), |n| n.to_string());
            Row::new([
                who(status),
                status.mailbox.now.to_string(),
                status.mailbox.high_water.to_string(),
                bound,
            ])
        });
        let head = ["server", "waiting", "at most", "room"];
        frame.render_widget(table(" fullest mailboxes ", head, full.collect()), upper);

        let slow = self.slowest().into_iter().map(|(status, handler, since)| {
            let calls = status.handled.calls.to_string();
            Row::new([who(status), handler.to_owned(), format!("{}s", since.as_secs()), calls])
        });
        let head = ["server", "handler", "for", "calls"];
        frame.render_widget(table(" longest-running handlers ", head, slow.collect()), lower);
    }
}

fn table<'a>(title: &'a str, head: [&'a str; 4], rows: Vec<Row<'a>>) -> Table<'a> {
    let widths =
        [Constraint::Fill(2), Constraint::Fill(1), Constraint::Fill(1), Constraint::Fill(1)];
    Table::new(rows, widths)
        .header(Row::new(head).style(Style::new().dim()))
        .block(Block::bordered().title(title))
}
