//! Looks at all servers of this program, as `top` does at processes: the ten fullest mailboxes and the
//! ten longest-running handlers, again and again. `q` ends it; `--once` prints one picture as text.
//!
//! What is looked at here is a crowd of the example's own; in a program of yours it is your servers.

mod crowd;
mod picture;

use std::time::Duration;

use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{self, Event, KeyCode};
use ratatui::{DefaultTerminal, Terminal};

use crate::crowd::Crowd;
use crate::picture::Picture;

/// How long a picture stands.
const REFRESH: Duration = Duration::from_millis(500);

/// Draws until `q` is pressed.
fn draw(mut terminal: DefaultTerminal) -> std::io::Result<()> {
    loop {
        let picture = Picture::take();
        terminal.draw(|frame| picture.draw(frame))?;
        if event::poll(REFRESH)?
            && let Event::Key(key) = event::read()?
            && matches!(key.code, KeyCode::Char('q') | KeyCode::Esc)
        {
            return Ok(());
        }
    }
}

/// One picture, as text.
fn print() -> Result<(), std::convert::Infallible> {
    let mut terminal = Terminal::new(TestBackend::new(72, 27))?;
    let picture = Picture::take();
    terminal.draw(|frame| picture.draw(frame))?;
    let buffer = terminal.backend().buffer();
    for row in buffer.content().chunks(usize::from(buffer.area().width)) {
        let line: String = row.iter().map(ratatui::buffer::Cell::symbol).collect();
        println!("{}", line.trim_end());
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let once = std::env::args().skip(1).any(|arg| arg == "--once");
    let crowd = Crowd::gather().await?;
    if once {
        print()?;
    } else {
        let terminal = ratatui::try_init()?;
        // Waits for keys: on a thread of its own, the servers keep theirs.
        let drawn = tokio::task::spawn_blocking(|| draw(terminal)).await;
        ratatui::restore();
        drawn??;
    }
    crowd.disperse().await;
    Ok(())
}
