//! Walks over a machine's graph with real servers: what to ask next, and what was found.

use std::future::Future;
use std::marker::PhantomData;
use std::sync::Weak;

use genserver_graph::Edge;

use crate::address::Address;
use crate::machine::declaration::{Declaration, Seen, Verdict, is_of_client};
use crate::machine::probe::{Probe, Step};
use crate::machine::{Drives, Mistake, Report, Source, Wrong};
use crate::options::Kind;

/// How many servers are started at most to find a shorter way to a mistake.
const REPLAYS_MAX: usize = 300;

/// What was seen so far.
pub(crate) struct Explorer<M, By> {
    declaration: Declaration,
    seed: u64,
    dice: Source,
    /// The handlers whose requests can be made.
    driven: Vec<usize>,
    /// By edge.
    taken: Vec<bool>,
    /// By state, then handler: what does not move was tried.
    tried: Vec<Vec<bool>>,
    walks: u32,
    unstarted: u32,
    requests: u64,
    mistakes: Vec<Mistake>,
    of: PhantomData<fn() -> (M, By)>,
}

impl<M: Drives<By>, By> Explorer<M, By> {
    pub(crate) fn new(seed: u64) -> Self {
        let declaration = Declaration::of::<M>();
        let (graph, handlers) = (declaration.graph, declaration.handlers);
        let nowhere = Address::<M>::weak(Weak::new());
        let is_driven = |at: &usize| M::request(*at, &nowhere, &mut Source::new(seed)).is_some();
        Self {
            declaration,
            seed,
            dice: Source::new(seed),
            driven: (0..handlers.len()).filter(is_driven).collect(),
            taken: vec![false; graph.edges.len()],
            tried: vec![vec![false; handlers.len()]; graph.states.len()],
            walks: 0,
            unstarted: 0,
            requests: 0,
            mistakes: Vec::new(),
            of: PhantomData,
        }
    }

    /// Walks with one server, along the plan as far as the server goes along with it.
    pub(crate) async fn walk<F>(
        &mut self,
        start: &impl Fn(u64) -> F,
        plan: &[usize],
        requests_max: u32,
    ) where
        F: Future<Output = Option<Probe<M>>>,
    {
        let begun = self.dice.bits();
        let Some(probe) = start(begun).await else {
            self.unstarted += 1;
            return;
        };
        self.walks += 1;
        let mut plan = plan.iter().copied();
        let mut steps = Vec::new();
        let mut at = probe.state().await;
        for _ in 0..requests_max {
            let Some(before) = at else { break };
            let Some(handler) = self.choose(before, &mut plan) else { break };
            let step = Step { handler, seed: self.dice.bits() };
            let Some(seen) = self.take(&probe, before, step).await else { continue };
            self.requests += 1;
            at = seen.after;
            steps.push((step, at != Some(before)));
            let Verdict { edge, wrong } = self.declaration.judge(handler, before, seen);
            if let Some(edge) = edge {
                self.taken[edge] = true;
            }
            if let Some(wrong) = wrong {
                probe.stop().await;
                return self.note(start, begun, before, steps, wrong).await;
            }
        }
        probe.stop().await;
    }

    /// Takes a step, unless the message would be kept for another state.
    async fn take(&self, probe: &Probe<M>, before: usize, step: Step) -> Option<Seen> {
        let undeclared = !self.declaration.accepts(before, step.handler);
        if undeclared && probe.postpones(step.handler).await {
            return None;
        }
        Some(probe.take::<By>(step, undeclared).await)
    }

    /// What to ask in a state; `None` when nothing is left to be seen there.
    fn choose(&mut self, at: usize, plan: &mut impl Iterator<Item = usize>) -> Option<usize> {
        let still = |&handler: &usize| {
            !self.declaration.accepts(at, handler)
                || self.declaration.edges(at, handler).next().is_none()
        };
        let (stays, moves): (Vec<usize>, Vec<usize>) =
            self.driven.iter().partition(|handler| still(handler));
        let fresh = stays.iter().copied().find(|&handler| !self.tried[at][handler]);
        if let Some(handler) = fresh {
            self.tried[at][handler] = true;
            return Some(handler);
        }
        if moves.is_empty() {
            return None;
        }
        if !stays.is_empty() && self.dice.below(8) == 0 {
            return Some(self.dice.one_of(&stays));
        }
        let edges = self.declaration.graph.edges;
        let planned = plan.next().filter(|&edge| edges[edge].from == at);
        let aim = planned.or_else(|| self.nearest(at)).and_then(|edge| self.handler_of(edge));
        match aim.filter(|handler| moves.contains(handler) && self.dice.below(4) > 0) {
            Some(handler) => Some(handler),
            None => Some(self.dice.one_of(&moves)),
        }
    }

    /// The first edge on the way to the nearest one that was never taken.
    fn nearest(&self, at: usize) -> Option<usize> {
        let graph = &self.declaration.graph;
        let missing = (0..graph.edges.len()).filter(|&edge| !self.taken[edge]);
        let ways = missing.filter_map(|edge| {
            let mut way = graph.shortest_path(at, graph.edges[edge].from)?;
            way.push(edge);
            Some(way)
        });
        ways.min_by_key(Vec::len).map(|way| way[0])
    }

    fn handler_of(&self, edge: usize) -> Option<usize> {
        let edge = self.declaration.graph.edges[edge];
        let is_own = |&&handler: &&usize| self.declaration.handlers[handler].message == edge.label;
        self.driven.iter().find(is_own).copied().filter(|_| is_of_client(edge.trigger))
    }

    /// Notes a mistake of a kind that was not seen before, with the shortest way that leads there.
    async fn note<F>(
        &mut self,
        start: &impl Fn(u64) -> F,
        begun: u64,
        state: usize,
        steps: Vec<(Step, bool)>,
        wrong: Wrong,
    ) where
        F: Future<Output = Option<Probe<M>>>,
    {
        let name = |step: &Step| self.declaration.handlers[step.handler].message;
        let Some((last, _)) = steps.last() else { return };
        let mistake = Mistake {
            state: self.declaration.graph.states[state].name,
            message: name(last),
            wrong,
            path: Vec::new(),
        };
        if self.mistakes.iter().any(|known| is_same(known, &mistake)) {
            return;
        }
        let mistake = self.shorten(start, begun, &steps, mistake).await;
        self.mistakes.push(mistake);
    }

    /// Leaves steps out, as long as the mistake comes all the same.
    async fn shorten<F>(
        &self,
        start: &impl Fn(u64) -> F,
        begun: u64,
        steps: &[(Step, bool)],
        mistake: Mistake,
    ) -> Mistake
    where
        F: Future<Output = Option<Probe<M>>>,
    {
        let mut best: Vec<_> = steps.iter().map(|(step, _)| *step).collect();
        let mut found = mistake;
        found.path = self.names(&best);
        // What changed no state had a part in it seldom.
        let last = steps.len() - 1;
        let moving = steps.iter().enumerate().filter(|(at, (_, moved))| *moved || *at == last);
        let moving: Vec<_> = moving.map(|(_, (step, _))| *step).collect();
        if let Some(shorter) = self.replay(start, begun, &moving, &found).await {
            (best, found) = (moving, shorter);
        }
        let (mut left, mut at) = (REPLAYS_MAX, 0);
        while at + 1 < best.len() && left > 0 {
            let mut fewer = best.clone();
            fewer.remove(at);
            left -= 1;
            match self.replay(start, begun, &fewer, &found).await {
                Some(shorter) => {
                    fewer.truncate(shorter.path.len() + 1);
                    (best, found) = (fewer, shorter);
                }
                None => at += 1,
            }
        }
        found
    }

    /// The same mistake, if these steps lead there.
    async fn replay<F>(
        &self,
        start: &impl Fn(u64) -> F,
        begun: u64,
        steps: &[Step],
        mistake: &Mistake,
    ) -> Option<Mistake>
    where
        F: Future<Output = Option<Probe<M>>>,
    {
        let probe = start(begun).await?;
        let mut at = probe.state().await;
        let mut found = None;
        for (number, step) in steps.iter().enumerate() {
            let Some(before) = at else { break };
            let Some(seen) = self.take(&probe, before, *step).await else { continue };
            at = seen.after;
            let Some(wrong) = self.declaration.judge(step.handler, before, seen).wrong else {
                continue;
            };
            let seen = Mistake {
                state: self.declaration.graph.states[before].name,
                message: self.declaration.handlers[step.handler].message,
                wrong,
                path: self.names(&steps[..=number]),
            };
            found = is_same(&seen, mistake).then_some(seen);
            break;
        }
        probe.stop().await;
        found
    }

    /// The messages before the last one.
    fn names(&self, steps: &[Step]) -> Vec<&'static str> {
        let before = &steps[..steps.len().saturating_sub(1)];
        before.iter().map(|step| self.declaration.handlers[step.handler].message).collect()
    }

    pub(crate) fn into_report(self) -> Report {
        let graph = self.declaration.graph;
        let is_driven = |message: &str| {
            self.driven.iter().any(|&at| self.declaration.handlers[at].message == message)
        };
        let edges = |keep: &dyn Fn(usize, &Edge<'static>) -> bool| {
            let edges = graph.edges.iter().enumerate();
            edges.filter(|(at, edge)| keep(*at, edge)).map(|(_, edge)| *edge).collect()
        };
        let can = |edge: &Edge<'static>| is_of_client(edge.trigger) && is_driven(edge.label);
        let offered = self.declaration.handlers.iter();
        let offered = offered.filter(|handler| matches!(handler.kind, Kind::Call | Kind::Cast));
        let left_out = offered.map(|handler| handler.message).filter(|name| !is_driven(name));
        Report {
            seed: self.seed,
            walks: self.walks,
            unstarted: self.unstarted,
            requests: self.requests,
            taken: edges(&|at, _| self.taken[at]),
            never_taken: edges(&|at, edge| !self.taken[at] && can(edge)),
            not_driven: edges(&|_, edge| !can(edge)),
            left_out: left_out.collect(),
            mistakes: self.mistakes,
            graph,
        }
    }
}

/// Whether two mistakes are of one kind.
fn is_same(a: &Mistake, b: &Mistake) -> bool {
    let same = match (&a.wrong, &b.wrong) {
        (Wrong::WentTo(a), Wrong::WentTo(b)) => a == b,
        (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
    };
    same && (a.state, a.message) == (b.state, b.message)
}
