//! What leads where: reachability and shortest paths.

use std::collections::VecDeque;

use crate::{Graph, adjacency::Adjacency};

impl Graph<'_> {
    /// Which states can be reached from a state, by the index of the state.
    ///
    /// A state reaches itself. Every edge counts, also one that leaves a terminal state.
    /// A state that does not exist reaches nothing.
    ///
    /// # Panics
    ///
    /// If the graph is malformed, see [`Graph`].
    ///
    /// # Example
    ///
    /// ```
    /// # use genserver_graph::{Edge, Graph, State, Trigger};
    /// # const FUSE: Graph<'static> = Graph {
    /// #     name: "Fuse",
    /// #     initial: 0,
    /// #     states: &[
    /// #         State { name: "Whole", group: None, terminal: false },
    /// #         State { name: "Blown", group: None, terminal: true },
    /// #     ],
    /// #     groups: &[],
    /// #     edges: &[Edge { from: 0, to: 1, label: "blow", trigger: Trigger::Call }],
    /// # };
    /// assert_eq!(FUSE.reachable_from(0), [true, true]);
    /// assert_eq!(FUSE.reachable_from(1), [false, true]);
    /// ```
    #[must_use]
    pub fn reachable_from(&self, state: usize) -> Vec<bool> {
        self.assert_indices();
        if state >= self.states.len() {
            return vec![false; self.states.len()];
        }
        Adjacency::new(self, |_| true).reachable_from(state)
    }

    /// For each state whether one of some states can be entered from it, by the index of the state.
    ///
    /// To enter takes a change of state: an edge to another state at the end. So a state that is
    /// one of them itself counts only if another one of them can be reached from it, or if it can
    /// be left and entered again; a self edge does not do that. Every edge counts, also one that
    /// leaves a terminal state. States that do not exist cannot be entered.
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
    /// # let shop = Graph {
    /// #     name: "Shop",
    /// #     initial: 0,
    /// #     states: &[state("Shut"), state("Open"), state("Sold")],
    /// #     groups: &[],
    /// #     edges: &[edge(0, 1, "open"), edge(1, 1, "serve"), edge(1, 2, "sell")],
    /// # };
    /// // What waits for `Open` is served if it waits in `Shut`, and never if in `Open` or `Sold`.
    /// assert_eq!(shop.can_enter(&[1]), [true, false, false]);
    /// ```
    #[must_use]
    pub fn can_enter(&self, states: &[usize]) -> Vec<bool> {
        self.assert_indices();
        let backward = Adjacency::reversed(self);
        // What leads to one of them, by however few edges.
        let mut leads = vec![false; self.states.len()];
        for &state in states {
            if state < self.states.len() && !leads[state] {
                backward.visit(state, &mut leads);
            }
        }
        let mut enters = vec![false; self.states.len()];
        for edge in self.edges.iter().filter(|edge| edge.from != edge.to) {
            enters[edge.from] |= leads[edge.to];
        }
        enters
    }

    /// The edges of a shortest path between two states, by their index, or `None` if there is none.
    ///
    /// Of several shortest paths it is the one whose first edges are declared first. From a state
    /// to itself the path is empty. Every edge counts, also one that leaves a terminal state.
    ///
    /// # Panics
    ///
    /// If the graph is malformed, see [`Graph`].
    ///
    /// # Example
    ///
    /// ```
    /// # use genserver_graph::{Edge, Graph, State, Trigger};
    /// # const PARCEL: Graph<'static> = Graph {
    /// #     name: "Parcel",
    /// #     initial: 0,
    /// #     states: &[
    /// #         State { name: "Packed", group: None, terminal: false },
    /// #         State { name: "Sent", group: None, terminal: false },
    /// #         State { name: "Received", group: None, terminal: true },
    /// #     ],
    /// #     groups: &[],
    /// #     edges: &[
    /// #         Edge { from: 0, to: 1, label: "send", trigger: Trigger::Call },
    /// #         Edge { from: 1, to: 2, label: "receive", trigger: Trigger::Call },
    /// #     ],
    /// # };
    /// let path = PARCEL.shortest_path(0, 2).expect("the parcel can arrive");
    /// let messages: Vec<_> = path.iter().map(|&edge| PARCEL.edges[edge].label).collect();
    /// assert_eq!(messages, ["send", "receive"]);
    /// assert_eq!(PARCEL.shortest_path(2, 0), None);
    /// ```
    #[must_use]
    pub fn shortest_path(&self, from: usize, to: usize) -> Option<Vec<usize>> {
        self.shortest_path_to_any(from, |state| state == to)
    }

    /// As [`shortest_path`](Self::shortest_path), to whichever of the accepted states is nearest.
    ///
    /// From an accepted state the path is empty.
    ///
    /// # Panics
    ///
    /// If the graph is malformed, see [`Graph`].
    ///
    /// # Example
    ///
    /// ```
    /// # use genserver_graph::{Edge, Graph, State, Trigger};
    /// # const PARCEL: Graph<'static> = Graph {
    /// #     name: "Parcel",
    /// #     initial: 0,
    /// #     states: &[
    /// #         State { name: "Packed", group: None, terminal: false },
    /// #         State { name: "Sent", group: None, terminal: false },
    /// #         State { name: "Lost", group: None, terminal: true },
    /// #         State { name: "Received", group: None, terminal: true },
    /// #     ],
    /// #     groups: &[],
    /// #     edges: &[
    /// #         Edge { from: 0, to: 1, label: "send", trigger: Trigger::Call },
    /// #         Edge { from: 1, to: 2, label: "lose", trigger: Trigger::Call },
    /// #         Edge { from: 1, to: 3, label: "receive", trigger: Trigger::Call },
    /// #     ],
    /// # };
    /// let end = PARCEL.shortest_path_to_any(0, |state| PARCEL.states[state].terminal);
    /// assert_eq!(end, Some(vec![0, 1]));
    /// assert_eq!(PARCEL.shortest_path_to_any(2, |state| state == 0), None);
    /// ```
    #[must_use]
    pub fn shortest_path_to_any(
        &self,
        from: usize,
        accepts: impl Fn(usize) -> bool,
    ) -> Option<Vec<usize>> {
        self.assert_indices();
        if from >= self.states.len() {
            return None;
        }
        let (arrivals, mut state) = self.walk(from, accepts)?;
        let mut path = Vec::new();
        while state != from {
            let edge = arrivals[state].expect("invariant: what was met was entered");
            path.push(edge);
            state = self.edges[edge].from;
        }
        path.reverse();
        Some(path)
    }

    /// A breadth-first walk up to the first accepted state: the edge by which each state was
    /// entered, and that state.
    fn walk(
        &self,
        from: usize,
        accepts: impl Fn(usize) -> bool,
    ) -> Option<(Vec<Option<usize>>, usize)> {
        let adjacency = Adjacency::new(self, |_| true);
        let mut arrivals = vec![None; self.states.len()];
        let mut waiting = VecDeque::from([from]);
        while let Some(state) = waiting.pop_front() {
            if accepts(state) {
                return Some((arrivals, state));
            }
            for hop in adjacency.hops(state) {
                if hop.to != from && arrivals[hop.to].is_none() {
                    arrivals[hop.to] = Some(hop.edge);
                    waiting.push_back(hop.to);
                }
            }
        }
        None
    }
}
