//! What lies straight above one another.

use crate::svg::layers::{Kind, Layers};
use crate::svg::order::{Rows, Token};
use crate::svg::place::{FRAME_PADDING, gap};

/// The variables of the search for the places from left to right: the nodes, then the left and the
/// right border of each group. Blocks of them move as one.
#[derive(Debug)]
pub(super) struct Blocks {
    /// "`b` lies at least so far right of `a`", of variables.
    pub(super) distances: Vec<(usize, usize, f64)>,
    /// The block of each variable, and how far right of its middle that lies.
    pub(super) of: Vec<(usize, f64)>,
}

/// The variable of what comes in a layer.
pub(super) fn variable(layers: &Layers<'_>, token: Token) -> usize {
    match token {
        Token::Node(node) => node,
        Token::Open(group) => layers.nodes.len() + 2 * group,
        Token::Close(group) => layers.nodes.len() + 2 * group + 1,
    }
}

impl Blocks {
    pub(super) fn new(layers: &Layers<'_>, rows: &Rows, ports: &[(f64, f64)]) -> Self {
        let mut distances = Vec::new();
        for row in rows {
            for pair in row.windows(2) {
                let [left, right] = [pair[0], pair[1]].map(|token| variable(layers, token));
                distances.push((left, right, gap(layers, pair[0], pair[1])));
            }
        }
        for (group, frame) in layers.frames.iter().enumerate() {
            let [left, right] =
                [Token::Open(group), Token::Close(group)].map(|token| variable(layers, token));
            distances.push((left, right, frame.title + 2.0 * FRAME_PADDING));
        }
        let count = layers.nodes.len() + 2 * layers.frames.len();
        let mut blocks = Self { distances, of: (0..count).map(|own| (own, 0.0)).collect() };
        blocks.straighten_chains(layers);
        blocks.align_states(layers, ports);
        blocks
    }

    /// An arrow over many layers runs straight, as far as others let it.
    fn straighten_chains(&mut self, layers: &Layers<'_>) {
        for chain in &layers.chains {
            for pair in chain.nodes.windows(2) {
                if pair
                    .iter()
                    .all(|&node| !matches!(layers.nodes[node].kind, Kind::Start | Kind::State(_)))
                {
                    self.join(layers, pair[0], pair[1], 0.0);
                }
            }
        }
    }

    /// Puts each state right above where its most important arrow goes, layer by layer.
    fn align_states(&mut self, layers: &Layers<'_>, ports: &[(f64, f64)]) {
        let mut states: Vec<usize> = (0..=layers.shapes.len()).collect();
        states.sort_by_key(|&state| layers.nodes[state].layer);
        for state in states {
            let Some(chain) = main_chain(layers, ports, state) else { continue };
            let (nodes, (leave, enter)) = (&layers.chains[chain].nodes, ports[chain]);
            let last = nodes.len() - 1;
            if last > 1 {
                self.join(layers, nodes[0], nodes[1], leave);
                self.join(layers, nodes[last - 1], nodes[last], -enter);
            } else {
                self.join(layers, nodes[0], nodes[1], leave - enter);
            }
        }
    }

    /// Makes two nodes move as one, the second one so far right of the first one, unless they or
    /// something between them would then lie on both sides of something else.
    fn join(&mut self, layers: &Layers<'_>, one: usize, other: usize, right: f64) {
        let ((kept, kept_right), (gone, gone_right)) = (self.of[one], self.of[other]);
        if kept == gone || self.share_a_layer(layers, kept, gone) {
            return;
        }
        let shift = kept_right + right - gone_right;
        let before = self.of.clone();
        for member in &mut self.of {
            if member.0 == gone {
                *member = (kept, member.1 + shift);
            }
        }
        if self.sorted().is_none() {
            self.of = before;
        }
    }

    fn share_a_layer(&self, layers: &Layers<'_>, one: usize, other: usize) -> bool {
        let in_layers = |block: usize| {
            let nodes = layers.nodes.iter().zip(&self.of).filter(move |(_, of)| of.0 == block);
            nodes.map(|(node, _)| node.layer)
        };
        in_layers(one).any(|layer| in_layers(other).any(|that| that == layer))
    }

    /// The blocks, each after those that it is right of; none if that is a circle.
    pub(super) fn sorted(&self) -> Option<Vec<usize>> {
        let mut after = vec![Vec::new(); self.of.len()];
        let mut waits = vec![0_usize; self.of.len()];
        for &(left, right, _) in &self.distances {
            after[self.of[left].0].push(self.of[right].0);
            waits[self.of[right].0] += 1;
        }
        let mut sorted: Vec<usize> = (0..waits.len()).filter(|&block| waits[block] == 0).collect();
        let mut next = 0;
        while let Some(&block) = sorted.get(next) {
            next += 1;
            for &right in &after[block] {
                waits[right] -= 1;
                if waits[right] == 0 {
                    sorted.push(right);
                }
            }
        }
        (sorted.len() == waits.len()).then_some(sorted)
    }
}

/// The arrow below a state on which the machine goes on: one that points down and not to an end,
/// a short one, one from the middle of the box.
fn main_chain(layers: &Layers<'_>, ports: &[(f64, f64)], state: usize) -> Option<usize> {
    let leads_on = |chain: usize| {
        let last = layers.chains[chain].nodes.last();
        last.is_some_and(|last| layers.chains.iter().any(|next| next.nodes.first() == Some(last)))
    };
    let chains = layers.chains.iter().enumerate();
    let below = chains.filter(|(_, chain)| chain.nodes[0] == state);
    let best = below.min_by(|&(one, this), &(other, that)| {
        let rank = |index: usize, chain: &crate::svg::layers::Chain| {
            (chain.upward, chain.is_time_out, !leads_on(index), chain.nodes.len())
        };
        let middle = |chain: usize| ports[chain].0.abs();
        rank(one, this).cmp(&rank(other, that)).then(middle(one).total_cmp(&middle(other)))
    });
    best.map(|(chain, _)| chain)
}
