//! The edges of a graph, sorted by the state that they leave.

use crate::{Edge, Graph};

/// One step from a state: the edge taken and the state it leads to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hop {
    pub(crate) edge: usize,
    pub(crate) to: usize,
}

/// An index that answers "which edges leave this state" without a walk over all of them.
///
/// `hops[starts[s]..starts[s + 1]]` are the hops of state `s`, in declaration order.
#[derive(Debug)]
pub(crate) struct Adjacency {
    starts: Vec<usize>,
    hops: Vec<Hop>,
}

impl Adjacency {
    /// Indexes those edges of a graph (whose indices are in range) that `keep` accepts.
    pub(crate) fn new(graph: &Graph<'_>, keep: impl Fn(&Edge<'_>) -> bool) -> Self {
        let kept = (0..graph.edges.len()).filter(|&edge| keep(&graph.edges[edge]));
        let kept = kept.map(|edge| (graph.edges[edge].from, graph.edges[edge].to, edge));
        Self::of(graph.states.len(), kept.collect())
    }

    /// Indexes all edges by the state that they enter; a hop leads back to the state that its edge
    /// leaves.
    pub(crate) fn reversed(graph: &Graph<'_>) -> Self {
        let edges = graph.edges.iter().enumerate();
        let hops = edges.map(|(index, edge)| (edge.to, edge.from, index));
        Self::of(graph.states.len(), hops.collect())
    }

    /// Of hops, each with the state it starts from, the one it leads to, and its edge.
    fn of(states: usize, mut hops: Vec<(usize, usize, usize)>) -> Self {
        // A stable sort, so that the hops of a state stay in declaration order.
        hops.sort_by_key(|&(from, _, _)| from);
        let mut starts = vec![0; states + 1];
        for (from, _, _) in &hops {
            starts[from + 1] += 1;
        }
        for state in 1..starts.len() {
            starts[state] += starts[state - 1];
        }
        let hops = hops.into_iter().map(|(_, to, edge)| Hop { edge, to }).collect();
        Self { starts, hops }
    }

    /// How many states there are.
    pub(crate) fn states(&self) -> usize {
        self.starts.len() - 1
    }

    /// The hops that leave a state, in declaration order.
    pub(crate) fn hops(&self, state: usize) -> &[Hop] {
        &self.hops[self.starts[state]..self.starts[state + 1]]
    }

    /// Which states can be reached from `root`, itself included.
    pub(crate) fn reachable_from(&self, root: usize) -> Vec<bool> {
        let mut seen = vec![false; self.states()];
        self.visit(root, &mut seen);
        seen
    }

    /// Marks `root` and all that can be reached from it over unmarked states; returns the newly
    /// marked ones without `root`, in declaration order.
    pub(crate) fn visit(&self, root: usize, seen: &mut [bool]) -> Vec<usize> {
        seen[root] = true;
        let mut found = Vec::new();
        let mut waiting = vec![root];
        while let Some(state) = waiting.pop() {
            for hop in self.hops(state) {
                if !seen[hop.to] {
                    seen[hop.to] = true;
                    found.push(hop.to);
                    waiting.push(hop.to);
                }
            }
        }
        found.sort_unstable();
        found
    }
}
