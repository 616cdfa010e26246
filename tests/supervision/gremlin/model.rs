//! A small model of what supervisors do, held against the story: when they give up, and how often each
//! child was started again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use genserver_runtime::Strategy;

use super::story::{Line, Nth, What};
use super::tree::{Kind, Limit, Plan};

/// From which time to which something happened: where others had to end first, the story does not say.
type Span = (Duration, Duration);

/// An incarnation of a supervisor.
struct Live {
    plan: Arc<Plan>,
    limit: Limit,
    restarts: Vec<Span>,
    /// Children that were there once.
    known: BTreeSet<Arc<str>>,
    /// Children whose start failed, and is tried again.
    failed: BTreeSet<Arc<str>>,
    /// What it starts now because one has ended or was tried again: that one, and the last of them.
    list: Option<(Arc<str>, Option<Arc<str>>)>,
    /// Whether the last restart was surely too much, and whether it may have been.
    too_much: (bool, bool),
    last: Duration,
}

impl Live {
    fn new(plan: &Arc<Plan>) -> Self {
        Self {
            plan: Arc::clone(plan),
            limit: plan.limit().expect("it is a supervisor"),
            restarts: Vec::new(),
            known: BTreeSet::new(),
            failed: BTreeSet::new(),
            list: None,
            too_much: (false, false),
            last: Duration::ZERO,
        }
    }

    fn strategy(&self) -> Strategy {
        match &self.plan.kind {
            Kind::Branch(branch) => branch.strategy,
            _ => Strategy::OneForOne,
        }
    }

    fn waits(&self) -> bool {
        matches!(&self.plan.kind, Kind::Branch(branch) if branch.backoff.is_some())
    }

    fn place(&self, path: &Arc<str>) -> Option<usize> {
        let Kind::Branch(branch) = &self.plan.kind else { return None };
        branch.children.iter().position(|child| child.path == *path)
    }

    fn count(&mut self, (from, to): Span) {
        let (max, period) = self.limit;
        let sure = |&&(old, _): &&Span| to.saturating_sub(old) <= period;
        let maybe = |&&(_, old): &&Span| from.saturating_sub(old) <= period;
        let sure = self.restarts.iter().filter(sure).count() + 1;
        let maybe = self.restarts.iter().filter(maybe).count() + 1;
        self.too_much = (sure > max as usize, maybe > max as usize);
        self.restarts.push((from, to));
    }

    /// Whether this start belongs to what is done already.
    fn is_in_list(&self, path: &Arc<str>) -> bool {
        let Some((first, last)) = &self.list else { return false };
        let follows = last.as_ref().is_none_or(|last| self.place(last) < self.place(path));
        match self.strategy() {
            Strategy::OneForOne => last.is_none() && first == path,
            Strategy::RestForOne => follows && self.place(first) <= self.place(path),
            _ => follows,
        }
    }

    /// It begins to start a child by itself that was there before.
    fn attempt(&mut self, path: &Arc<str>, at: Duration) {
        if self.waits() {
            return;
        }
        if !self.is_in_list(path) {
            self.count((self.last, at));
            self.list = Some((Arc::clone(path), None));
        }
        if let Some((_, last)) = &mut self.list {
            *last = Some(Arc::clone(path));
        }
    }

    fn gives_up(&mut self, at: Duration) -> bool {
        if !self.too_much.1 && !self.waits() && !self.failed.is_empty() {
            self.count((self.last, at));
        }
        self.too_much.1
    }
}

#[derive(Default)]
struct Attempt {
    path: Arc<str>,
    at: Duration,
    by_hand: bool,
}

pub struct Model {
    plans: BTreeMap<Arc<str>, Arc<Plan>>,
    /// Who is whose child, as far as that is known.
    parents: BTreeMap<Nth, (Nth, String)>,
    /// The clerks: those in rooms have no ids.
    clerks: BTreeMap<Nth, Arc<str>>,
    root: Nth,
    live: BTreeMap<Nth, Live>,
    /// The last attempt of the supervisor of that path.
    attempts: BTreeMap<Arc<str>, Attempt>,
    /// How often an incarnation of a supervisor has started a child again.
    pub restarts: BTreeMap<(Nth, Arc<str>), u32>,
    pub faults: Vec<String>,
}

impl Model {
    pub fn read(plan: &Arc<Plan>, root: Nth, lines: &[Line]) -> Self {
        let plans = plan.all().into_iter().map(|plan| (Arc::clone(&plan.path), plan));
        let parents = lines.iter().filter_map(|line| match &line.what {
            What::Started { supervisor, child, id } => Some((*id, (*supervisor, child.clone()))),
            _ => None,
        });
        let clerks = lines.iter().filter_map(|line| match &line.what {
            What::Began { path, id } => Some((*id, Arc::clone(path))),
            _ => None,
        });
        let mut model = Self {
            plans: plans.collect(),
            parents: parents.collect(),
            clerks: clerks.collect(),
            root,
            live: BTreeMap::new(),
            attempts: BTreeMap::new(),
            restarts: BTreeMap::new(),
            faults: Vec::new(),
        };
        for told in lines {
            model.follow(told);
        }
        model.faults.extend(
            model.live.values().filter(|live| live.too_much.0).map(|live| {
                format!("{} did not give up after {:?}", live.plan.path, live.restarts)
            }),
        );
        model
    }

    fn path(&self, supervisor: Nth) -> Option<String> {
        if supervisor == self.root {
            return Some("root".to_owned());
        }
        let (above, child) = self.parents.get(&supervisor)?;
        Some(format!("{}/{child}", self.path(*above)?))
    }

    /// An incarnation; `None` for one that was never told of as somebody's child.
    fn known(&mut self, supervisor: Nth) -> Option<&mut Live> {
        if !self.live.contains_key(&supervisor) {
            let plan = self.plans.get(&*self.path(supervisor)?)?;
            self.live.insert(supervisor, Live::new(plan));
        }
        self.live.get_mut(&supervisor)
    }

    /// The same, of one that goes on: it may not, if it had to give up.
    fn live(&mut self, supervisor: Nth, at: Duration) -> Option<&mut Live> {
        let live = self.known(supervisor)?;
        if std::mem::take(&mut live.too_much.0) {
            let fault = format!("{at:?}: {} goes on after {:?}", live.plan.path, live.restarts);
            self.faults.push(fault);
        }
        self.live.get_mut(&supervisor)
    }

    fn follow(&mut self, told: &Line) {
        let at = told.at;
        match &told.what {
            What::Attempt { path, by_hand } => {
                let above = path.rsplit_once('/').map_or("", |(above, _)| above);
                // One that found its name taken, and waited for it, began when it began first.
                let same = |known: &&Attempt| known.path == *path;
                let at = self.attempts.get(above).filter(same).map_or(at, |known| known.at);
                let attempt = Attempt { path: Arc::clone(path), at, by_hand: *by_hand };
                self.attempts.insert(above.into(), attempt);
            }
            What::Started { supervisor, .. } => self.came_to(*supervisor, at, true),
            What::NotStarted { supervisor, .. } => self.came_to(*supervisor, at, false),
            What::Terminated { supervisor, child, id, restart, .. } => {
                let clerk = self.clerks.get(id).cloned();
                let Some(live) = self.live(*supervisor, at) else { return };
                live.last = at;
                if restart != "temporary" {
                    live.count((at, at));
                    let path =
                        clerk.unwrap_or_else(|| format!("{}/{child}", live.plan.path).into());
                    live.list = Some((path, None));
                }
            }
            What::GaveUp { supervisor } => {
                // One whose parent went before it told of the start is nowhere in the tree.
                if self.known(*supervisor).is_none() {
                    return;
                }
                let Some(mut live) = self.live.remove(supervisor) else { return };
                if !live.gives_up(at) {
                    let why = format!("{:?} of {:?}", live.restarts, live.limit);
                    self.faults.push(format!("{at:?}: {} gave up: {why}", live.plan.path));
                }
            }
            What::Deleted { supervisor, path } => {
                self.restarts.remove(&(*supervisor, Arc::clone(path)));
                if let Some(live) = self.live(*supervisor, at) {
                    live.known.remove(path);
                }
            }
            _ => {}
        }
    }

    /// The last attempt of a supervisor came to something.
    fn came_to(&mut self, supervisor: Nth, at: Duration, started: bool) {
        let Some(live) = self.live(supervisor, at) else { return };
        let above = Arc::clone(&live.plan.path);
        let Some(attempt) = self.attempts.remove(&above) else { return };
        let Some(live) = self.live.get_mut(&supervisor) else { return };
        let path = attempt.path;
        let again = live.known.contains(&path) && !attempt.by_hand;
        if again {
            live.attempt(&path, attempt.at);
        }
        if started {
            live.failed.remove(&path);
            live.known.insert(Arc::clone(&path));
            if again {
                *self.restarts.entry((supervisor, path)).or_default() += 1;
            }
        } else if again {
            live.list = None;
            live.failed.insert(path);
            if live.waits() {
                live.count((at, at));
            }
        }
        live.last = at;
    }
}
