//! Members, events and actions as text: `a b~ c. d(down)`, `b crashes`, `-c -a +a +b`.

use std::collections::BTreeMap;

use crate::options::Restart;
use crate::supervisor::plan::{Action, Event, Key, Member, Phase};

/// Letters with what marks them: `~` transient, `.` temporary, `!` significant; up unless it says
/// `(down)` or `(restarting)`.
pub(super) fn members(text: &str) -> BTreeMap<Key, Member> {
    let read = |word: &str| {
        let restart = match word {
            _ if word.contains('~') => Restart::Transient,
            _ if word.contains('.') => Restart::Temporary,
            _ => Restart::Permanent,
        };
        let phase = match word {
            _ if word.ends_with("(down)") => Phase::Down,
            _ if word.ends_with("(restarting)") => Phase::Restarting,
            _ => Phase::Up,
        };
        (key(word), Member { phase, ..Member::new(restart, word.contains('!')) })
    };
    text.split_whitespace().map(read).collect()
}

pub(super) fn event(text: &str) -> Event {
    let key = key(text);
    match text.split_once(' ').map(|(_, what)| what) {
        Some("crashes") => Event::Exited { key, clean: false },
        Some("ends") => Event::Exited { key, clean: true },
        Some("fails to start") => Event::StartFailed { key },
        Some("is due") => Event::Due { key },
        _ => panic!("no event: {text}"),
    }
}

pub(super) fn show(actions: &[Action]) -> String {
    let words = actions.iter().map(|action| match *action {
        Action::Stop(key) => format!("-{}", letter(key)),
        Action::Start(key) => format!("+{}", letter(key)),
        Action::Retry(key, delay) => format!("{} after {delay:?}", letter(key)),
        Action::Down(key) => format!("{} down", letter(key)),
        Action::Forget(key) => format!("{} forgotten", letter(key)),
        Action::ShutDown => "shut down".into(),
    });
    words.collect::<Vec<_>>().join(" ")
}

pub(super) fn key(text: &str) -> Key {
    let letter = text.bytes().next().expect("a member has a letter");
    Key::from(letter - b'a')
}

pub(super) fn letter(key: Key) -> char {
    u8::try_from(key).map_or('?', |key| char::from(b'a' + key))
}
