//! All simple paths between two states, one after the other.

use std::collections::VecDeque;
use std::iter::FusedIterator;

use crate::{Graph, adjacency::Adjacency};

impl<'a> Graph<'a> {
    /// All simple paths between two states, each as the indices of its edges.
    ///
    /// A simple path enters no state twice, and has at most `edges_max` edges here. There may be
    /// very many of them, which is why they are found one by one: each takes a time that grows with
    /// the square of the graph's size at most, so that `take(n)` bounds the whole. They come in the
    /// order in which their edges are declared. From a state to itself there is the empty path
    /// only. Every edge counts, also one that leaves a terminal state.
    ///
    /// # Panics
    ///
    /// If the graph is malformed, see [`Graph`].
    ///
    /// # Example
    ///
    /// ```
    /// # use genserver_graph::{Edge, Graph, State, Trigger};
    /// # let state = |name| State { name, group: None, terminal: false };
    /// # let edge = |from, to, label| Edge { from, to, label, trigger: Trigger::Call };
    /// # let trip = Graph {
    /// #     name: "Trip",
    /// #     initial: 0,
    /// #     states: &[state("Home"), state("Station"), state("Office")],
    /// #     groups: &[],
    /// #     edges: &[edge(0, 1, "walk"), edge(0, 2, "cycle"), edge(1, 2, "ride")],
    /// # };
    /// let label = |&edge: &usize| trip.edges[edge].label;
    /// let ways = trip.simple_paths(0, 2, 10);
    /// let ways: Vec<Vec<_>> = ways.map(|path| path.iter().map(label).collect()).collect();
    /// assert_eq!(ways, [vec!["walk", "ride"], vec!["cycle"]]);
    /// assert_eq!(trip.simple_paths(0, 2, 1).count(), 1);
    /// ```
    #[must_use]
    pub fn simple_paths(&self, from: usize, to: usize, edges_max: usize) -> SimplePaths<'a> {
        self.assert_indices();
        let states = self.states.len();
        let mut paths = SimplePaths {
            graph: *self,
            forward: Adjacency::new(self, |_| true),
            backward: Adjacency::reversed(self),
            to,
            edges_max,
            entered: vec![false; states],
            calls: Vec::new(),
            path: Vec::new(),
        };
        if from < states && to < states && paths.distances()[from] <= edges_max {
            paths.enter(from);
        }
        paths
    }
}

/// The iterator of [`Graph::simple_paths`].
#[derive(Debug)]
pub struct SimplePaths<'a> {
    graph: Graph<'a>,
    forward: Adjacency,
    backward: Adjacency,
    to: usize,
    edges_max: usize,
    /// Which states the present path holds.
    entered: Vec<bool>,
    /// The states of the present path, each with the hops that are still to be tried.
    calls: Vec<(usize, std::vec::IntoIter<usize>)>,
    /// The edges of the present path.
    path: Vec<usize>,
}

impl SimplePaths<'_> {
    /// Goes on in a state, from which there is a way to the target.
    fn enter(&mut self, state: usize) {
        self.entered[state] = true;
        let hops = if state == self.to { Vec::new() } else { self.promising(state) };
        self.calls.push((state, hops.into_iter()));
    }

    fn leave(&mut self) {
        if let Some((state, _)) = self.calls.pop() {
            self.entered[state] = false;
            self.path.pop();
        }
    }

    /// The edges that leave a state and begin a way to the target which is not too long. Without
    /// that look ahead the walk could try all the paths of a part that has no way out.
    fn promising(&self, state: usize) -> Vec<usize> {
        let distances = self.distances();
        let left = self.edges_max - self.path.len();
        let hops = self.forward.hops(state).iter();
        hops.filter(|hop| distances[hop.to] < left).map(|hop| hop.edge).collect()
    }

    /// How far each state is from the target over states that are not on the path; `usize::MAX`
    /// where there is no way.
    fn distances(&self) -> Vec<usize> {
        let mut distances = vec![usize::MAX; self.graph.states.len()];
        distances[self.to] = 0;
        let mut waiting = VecDeque::from([self.to]);
        while let Some(state) = waiting.pop_front() {
            for hop in self.backward.hops(state) {
                if distances[hop.to] == usize::MAX && !self.entered[hop.to] {
                    distances[hop.to] = distances[state] + 1;
                    waiting.push_back(hop.to);
                }
            }
        }
        distances
    }
}

impl Iterator for SimplePaths<'_> {
    type Item = Vec<usize>;

    fn next(&mut self) -> Option<Vec<usize>> {
        while let Some((state, hops)) = self.calls.last_mut() {
            if *state == self.to {
                let path = self.path.clone();
                self.leave();
                return Some(path);
            }
            match hops.next() {
                Some(edge) => {
                    self.path.push(edge);
                    self.enter(self.graph.edges[edge].to);
                }
                None => self.leave(),
            }
        }
        None
    }
}

impl FusedIterator for SimplePaths<'_> {}
