//! Random walks from the initial state.

use crate::{Graph, adjacency::Adjacency};

/// How many times as long as the list of edges a walk gets, unless said otherwise.
const ROUNDS: usize = 4;

impl<'a> Graph<'a> {
    /// Random walks from the initial state, without end, each as the indices of its edges.
    ///
    /// A walk takes one of the edges that leave its state, each with the same probability, and
    /// ends in a terminal state, in a state that no edge leaves, or when it is as long as
    /// [`Walks::edges_max`] allows: unless said otherwise four times the number of edges. The same
    /// seed gives the same walks, on every platform. Tests drive a machine along them.
    ///
    /// # Panics
    ///
    /// If the graph is malformed, see [`Graph`].
    ///
    /// # Example
    ///
    /// ```
    /// # use genserver_graph::{Edge, Graph, State, Trigger};
    /// # let state = |name, terminal| State { name, group: None, terminal };
    /// # let edge = |from, to, label| Edge { from, to, label, trigger: Trigger::Call };
    /// # let game = Graph {
    /// #     name: "Game",
    /// #     initial: 0,
    /// #     states: &[state("Playing", false), state("Over", true)],
    /// #     groups: &[],
    /// #     edges: &[edge(0, 0, "move"), edge(0, 1, "resign")],
    /// # };
    /// for walk in game.walks(7).take(100) {
    ///     let mut at = game.initial;
    ///     for edge in walk {
    ///         assert_eq!(game.edges[edge].from, at);
    ///         at = game.edges[edge].to;
    ///     }
    /// }
    /// assert!(game.walks(7).take(100).eq(game.walks(7).take(100)));
    /// ```
    #[must_use]
    pub fn walks(&self, seed: u64) -> Walks<'a> {
        self.assert_indices();
        Walks {
            graph: *self,
            adjacency: Adjacency::new(self, |_| true),
            dice: Dice { state: seed },
            edges_max: self.edges.len().saturating_mul(ROUNDS),
        }
    }
}

/// The iterator of [`Graph::walks`].
#[derive(Debug)]
pub struct Walks<'a> {
    graph: Graph<'a>,
    adjacency: Adjacency,
    dice: Dice,
    edges_max: usize,
}

impl Walks<'_> {
    /// Ends each walk after so many edges.
    ///
    /// ```
    /// # use genserver_graph::{Edge, Graph, State, Trigger};
    /// let states = [State { name: "Ticking", group: None, terminal: false }];
    /// let edges = [Edge { from: 0, to: 0, label: "tick", trigger: Trigger::Event }];
    /// let clock =
    ///     Graph { name: "Clock", initial: 0, states: &states, groups: &[], edges: &edges };
    /// assert_eq!(clock.walks(1).edges_max(3).next(), Some(vec![0, 0, 0]));
    /// ```
    #[must_use]
    pub fn edges_max(self, edges_max: usize) -> Self {
        Self { edges_max, ..self }
    }
}

impl Iterator for Walks<'_> {
    type Item = Vec<usize>;

    fn next(&mut self) -> Option<Vec<usize>> {
        let mut walk = Vec::new();
        let mut at = self.graph.initial;
        let ends = |at: usize| self.graph.states.get(at).is_none_or(|state| state.terminal);
        while walk.len() < self.edges_max && !ends(at) {
            let hops = self.adjacency.hops(at);
            if hops.is_empty() {
                break;
            }
            let hop = hops[self.dice.below(hops.len())];
            walk.push(hop.edge);
            at = hop.to;
        }
        Some(walk)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (usize::MAX, None)
    }
}

/// The generator `SplitMix64`: a counter with large steps whose bits are mixed.
#[derive(Debug)]
struct Dice {
    state: u64,
}

impl Dice {
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below `sides`. It is the high half of a product, not a remainder, so that it fits a
    /// `usize` of any width.
    fn below(&mut self, sides: usize) -> usize {
        let product = u128::from(self.next()) * (sides as u128);
        usize::try_from(product >> 64).expect("invariant: it is below `sides`")
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    /// The first numbers that the algorithm's authors give for this seed.
    #[test]
    fn the_dice_roll_what_the_algorithm_says() {
        let mut dice = Dice { state: 1_234_567 };
        let rolled: Vec<u64> = (0..3).map(|_| dice.next()).collect();
        assert_eq!(
            rolled,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }
}
