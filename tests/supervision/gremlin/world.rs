//! What all of a run share: its story, its books, and who still waits for an answer.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::time::Instant;

use super::books::Books;
use super::clerk::Site;
use super::story::{Story, What};

/// How much later than its time-out a call may be answered: the sweeper is that coarse.
const LATE_MAX: Duration = Duration::from_millis(60);

pub struct World {
    pub story: Story,
    pub books: Arc<Books>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    sites: BTreeMap<Arc<str>, Arc<Site>>,
    /// The child that somebody starts by hand just now.
    by_hand: Option<Arc<str>>,
    /// Who waits for an answer, by number.
    waiting: BTreeMap<usize, String>,
    /// Who waits for an end.
    watching: BTreeMap<usize, String>,
    asked: usize,
    faults: Vec<String>,
}

impl World {
    pub fn new() -> Arc<Self> {
        let (story, books) = (Story::new(), Arc::default());
        Arc::new(Self { story, books, state: Mutex::default() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics with it")
    }

    /// A site of that path.
    pub fn open(&self, path: &str, room: Option<u32>) -> Arc<Site> {
        let site = Site::new(path, room, &self.story, &self.books);
        self.state().sites.insert(path.into(), Arc::clone(&site));
        site
    }

    pub fn sites(&self) -> Vec<Arc<Site>> {
        self.state().sites.values().cloned().collect()
    }

    /// A child is about to be started.
    pub fn attempt(&self, path: &Arc<str>) {
        let by_hand = self.state().by_hand.as_ref() == Some(path);
        self.story.note(What::Attempt { path: Arc::clone(path), by_hand });
    }

    /// Runs what starts this child by hand, where it is started at all.
    pub async fn by_hand<T>(&self, path: &Arc<str>, asked: impl Future<Output = T>) -> T {
        self.state().by_hand = Some(Arc::clone(path));
        let came = asked.await;
        self.state().by_hand = None;
        came
    }

    /// Asks for something beside the others; what comes of it goes into the story.
    pub fn ask<T: Debug>(
        self: &Arc<Self>,
        what: String,
        limit: Option<Duration>,
        asked: impl Future<Output = T> + Send + 'static,
    ) {
        let world = Arc::clone(self);
        let number = {
            let mut state = self.state();
            let number = state.asked;
            state.asked += 1;
            state.waiting.insert(number, what.clone());
            number
        };
        tokio::spawn(async move {
            let since = Instant::now();
            let came = asked.await;
            let took = since.elapsed();
            if limit.is_some_and(|limit| took > limit + LATE_MAX) {
                world.fault(format!("{what} was answered after {took:?}"));
            }
            world.state().waiting.remove(&number);
            world.story.note(What::Came(format!("{number} {what}: {came:?}")));
        });
    }

    pub fn waiting(&self) -> Vec<String> {
        self.state().waiting.values().cloned().collect()
    }

    /// Waits for the end of a server beside the others.
    pub fn watch(
        self: &Arc<Self>,
        what: String,
        end: impl Future<Output = String> + Send + 'static,
    ) {
        let world = Arc::clone(self);
        let number = {
            let mut state = self.state();
            let number = state.asked;
            state.asked += 1;
            state.watching.insert(number, what.clone());
            number
        };
        tokio::spawn(async move {
            let reason = end.await;
            world.state().watching.remove(&number);
            world.story.note(What::Came(format!("{number} {what}: {reason}")));
        });
    }

    pub fn watching(&self) -> Vec<String> {
        self.state().watching.values().cloned().collect()
    }

    pub fn fault(&self, fault: String) {
        self.state().faults.push(fault);
    }

    pub fn faults(&self) -> Vec<String> {
        self.state().faults.clone()
    }
}
