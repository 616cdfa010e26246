//! The servers of the tree: clerks that handle letters, and end in every way.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{Crash, ServerId};

use super::books::{Books, Letter};
use super::story::{Story, What};
use crate::support::pass;

/// How long an `init` may take.
const INIT_MAX: Duration = Duration::from_secs(1);

/// How the next starts of a clerk go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Fails,
    Panics,
    Stalls(Duration),
}

/// The place of a clerk, which all its incarnations share.
pub struct Site {
    path: Arc<str>,
    room: Option<u32>,
    story: Story,
    books: Arc<Books>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// How the next starts go; the last one first.
    moods: Vec<Mood>,
    alive: u32,
    overlaps: u32,
    current: Option<ServerId>,
    /// Whether the last incarnation closed in good order.
    orderly: bool,
}

impl Site {
    pub fn new(path: &str, room: Option<u32>, story: &Story, books: &Arc<Books>) -> Arc<Self> {
        Arc::new(Self {
            path: path.into(),
            room,
            story: story.clone(),
            books: Arc::clone(books),
            state: Mutex::default(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics with it")
    }

    pub fn path(&self) -> &Arc<str> {
        &self.path
    }

    pub fn client(&self) -> ClerkClient {
        ClerkClient::named(Arc::clone(&self.path))
    }

    pub fn set_moods(&self, moods: Vec<Mood>) {
        self.state().moods = moods;
    }

    pub fn alive(&self) -> u32 {
        self.state().alive
    }

    pub fn current(&self) -> Option<ServerId> {
        self.state().current
    }

    pub fn is_orderly(&self) -> bool {
        self.state().orderly
    }

    pub fn overlaps(&self) -> u32 {
        self.state().overlaps
    }

    fn begin(&self, id: ServerId) {
        let mut state = self.state();
        state.overlaps += state.alive;
        state.alive += 1;
        state.current = Some(id);
        state.orderly = false;
        drop(state);
        self.story.note(What::Began { path: Arc::clone(&self.path), id: self.story.nth(id) });
    }

    fn close(&self, reason: &ExitReason) {
        self.state().orderly = !reason.is_crash();
        let reason = reason.to_string();
        self.story.note(What::Closing { path: Arc::clone(&self.path), reason });
    }

    fn end(&self) {
        self.state().alive -= 1;
        self.story.note(What::Gone { path: Arc::clone(&self.path) });
    }
}

/// Why a clerk does not begin.
#[derive(Clone, Debug, thiserror::Error)]
#[error("stillborn")]
pub struct Stillborn;

/// A letter that comes as an info.
pub struct Note {
    pub letter: Letter,
    pub explodes: bool,
}

pub struct Clerk {
    site: Arc<Site>,
    handled: u64,
}

#[genserver]
impl Clerk {
    #[init]
    async fn new(cx: &mut Cx<Self>, site: Arc<Site>) -> Result<Self, Stillborn> {
        let mood = site.state().moods.pop();
        match mood {
            None => {}
            Some(Mood::Fails) => return Err(Stillborn),
            Some(Mood::Panics) => panic!("expected: stillborn"),
            Some(Mood::Stalls(time)) => pass(time).await,
        }
        site.begin(cx.id());
        Ok(Self { site, handled: 0 })
    }

    #[call]
    pub fn work(&mut self) -> u64 {
        self.handled += 1;
        self.handled
    }

    #[call]
    pub async fn ponder(&mut self, time: Duration) -> u64 {
        pass(time).await;
        self.handled += 1;
        self.handled
    }

    #[call]
    pub fn boom(&self) {
        panic!("expected: boom");
    }

    #[call]
    pub async fn boom_after(&self, time: Duration) {
        pass(time).await;
        panic!("expected: late boom");
    }

    #[call]
    pub fn quit(&self, cx: &mut Cx<Self>, reason: ExitReason) {
        cx.stop(reason);
    }

    #[call]
    pub fn link(&self, cx: &mut Cx<Self>, other: ClerkClient) {
        cx.link(&other);
    }

    #[cast]
    pub fn read(&mut self, mut letter: Letter) {
        letter.begin();
        self.handled += 1;
        letter.finish();
    }

    #[cast]
    pub async fn study(&mut self, mut letter: Letter, time: Duration) {
        letter.begin();
        pass(time).await;
        self.handled += 1;
        letter.finish();
    }

    #[cast]
    pub fn tear(&self, mut letter: Letter) {
        letter.begin();
        panic!("expected: torn");
    }

    #[cast]
    pub fn reject(&self, mut letter: Letter) -> Result<(), Crash> {
        letter.begin();
        Err(Crash::new(ExitReason::Other("illegible".into())))
    }

    #[info]
    fn on_note(&mut self, mut note: Note) {
        note.letter.begin();
        assert!(!note.explodes, "expected: a letter bomb");
        self.handled += 1;
        note.letter.finish();
    }

    #[terminate]
    fn close(&mut self, reason: &ExitReason) {
        self.site.close(reason);
    }
}

impl Drop for Clerk {
    fn drop(&mut self) {
        self.site.end();
    }
}

/// Starts a clerk at its site.
pub fn clerk(
    site: &Arc<Site>,
) -> impl Future<Output = Result<ClerkClient, StartError<Stillborn, ClerkClient>>> + Send + use<> {
    let books = Arc::clone(&site.books);
    let start = Clerk::start(Arc::clone(site))
        .name(Arc::clone(&site.path))
        .timeout(INIT_MAX)
        .dead_letters(move |letter| books.bury(letter));
    match site.room {
        Some(room) => start.mailbox(room),
        None => start,
    }
}
