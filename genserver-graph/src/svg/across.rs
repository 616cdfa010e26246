//! The search for the places from left to right.

use crate::svg::blocks::Blocks;
use crate::svg::layers::{Kind, Layers};
use crate::svg::order::Rows;
use crate::svg::text::number;

/// How often all is moved at once towards the middle of what it is tied to, and then one by one.
const ROUNDS: usize = 100;
const STEPS: usize = 100;

/// The borders of a group come one after the other.
const LEFT: usize = 0;
const RIGHT: usize = 1;

/// A wish to lie above something else.
#[derive(Clone, Copy, Debug)]
struct Tie {
    to: usize,
    /// How much further right the other one wants to lie.
    right: f64,
    force: f64,
}

/// Everything wants to lie in the middle of what it is tied to.
///
/// In each round that wish is granted twice, once pushing to the right what is in the way, once to
/// the left. Both answers keep all distances, and so does what lies half-way between them.
pub(super) struct Across<'l> {
    layers: &'l Layers<'l>,
    /// The distances that end at each block, and those that begin there.
    before: Vec<Vec<(usize, f64)>>,
    after: Vec<Vec<(usize, f64)>>,
    sorted: Vec<usize>,
    of: Vec<(usize, f64)>,
    ties: Vec<Vec<Tie>>,
    at: Vec<f64>,
}

impl<'l> Across<'l> {
    /// `lies` says about where each node is.
    pub(super) fn new(
        layers: &'l Layers<'l>,
        rows: &Rows,
        ports: &[(f64, f64)],
        lies: &[f64],
    ) -> Self {
        let blocks = Blocks::new(layers, rows, ports);
        let sorted = blocks.sorted().expect("invariant: blocks lie side by side");
        let count = blocks.of.len();
        let mut across = Self {
            layers,
            before: vec![Vec::new(); count],
            after: vec![Vec::new(); count],
            sorted,
            of: blocks.of,
            ties: vec![Vec::new(); count],
            at: vec![0.0; count],
        };
        for (left, right, distance) in blocks.distances {
            let ((left, from), (right, to)) = (across.of[left], across.of[right]);
            across.before[right].push((left, distance + from - to));
            across.after[left].push((right, distance + from - to));
        }
        across.tie(ports);
        across.begin(lies);
        across
    }

    fn tie(&mut self, ports: &[(f64, f64)]) {
        for (chain, &(first, last)) in self.layers.chains.iter().zip(ports) {
            for (place, pair) in chain.nodes.windows(2).enumerate() {
                let ((one, from), (other, to)) = (self.of[pair[0]], self.of[pair[1]]);
                if one == other {
                    continue;
                }
                let leave = if place == 0 { first } else { 0.0 };
                let enter = if place + 2 == chain.nodes.len() { last } else { 0.0 };
                let is_box = |node: usize| matches!(self.layers.nodes[node].kind, Kind::State(_));
                let boxes = pair.iter().filter(|&&node| is_box(node)).count();
                let (right, force) = (leave + from - enter - to, number(4 >> boxes));
                self.ties[one].push(Tie { to: other, right, force });
                self.ties[other].push(Tie { to: one, right: -right, force });
            }
        }
    }

    fn begin(&mut self, lies: &[f64]) {
        let mut counts = vec![0_usize; self.at.len()];
        for (node, lie) in lies.iter().enumerate() {
            let (block, right) = self.of[node];
            self.at[block] += lie - right;
            counts[block] += 1;
        }
        for (at, count) in self.at.iter_mut().zip(counts) {
            *at /= number(count.max(1));
        }
    }

    /// The middles of the nodes, and the borders of those groups that are drawn.
    pub(super) fn settle(mut self) -> (Vec<f64>, Vec<Option<(f64, f64)>>) {
        for _ in 0..ROUNDS {
            self.at = self.granted(self.wishes());
        }
        for step in 0..STEPS {
            self.step(step % 2 == 0);
        }
        let places = self.of.iter().map(|&(block, right)| self.at[block] + right);
        let mut places: Vec<f64> = places.collect();
        let borders = places.split_off(self.layers.nodes.len());
        let frames = self.layers.frames.iter().zip(borders.chunks(2));
        let frames = frames.map(|(frame, sides)| frame.span.map(|_| (sides[0], sides[1])));
        (places, frames.collect())
    }

    /// Where everything wants to lie; borders want to be close to what they hold.
    fn wishes(&self) -> Vec<f64> {
        let mut wishes: Vec<f64> = (0..self.at.len()).map(|block| self.wish(block)).collect();
        self.tighten(&mut wishes);
        wishes
    }

    /// What is tied to nothing wants to stay, a border that yields wants to give all the room.
    fn wish(&self, block: usize) -> f64 {
        let ties = &self.ties[block];
        let forces: f64 = ties.iter().map(|tie| tie.force).sum();
        let pulls = ties.iter().map(|tie| (self.at[tie.to] + tie.right) * tie.force);
        if forces > 0.0 {
            pulls.sum::<f64>() / forces
        } else if self.is_border(block, LEFT) {
            f64::INFINITY
        } else if self.is_border(block, RIGHT) {
            f64::NEG_INFINITY
        } else {
            self.at[block]
        }
    }

    fn is_border(&self, block: usize, side: usize) -> bool {
        block.checked_sub(self.layers.nodes.len()).is_some_and(|border| border % 2 == side)
    }

    /// Draws each frame as close around what it holds as the distances to that allow; what that does
    /// to others is not looked at.
    fn tighten(&self, at: &mut [f64]) {
        let borders = |side| move |block: &&usize| self.is_border(**block, side);
        for &block in self.sorted.iter().rev().filter(borders(LEFT)) {
            let inside = self.after[block].iter().filter(|(after, _)| *after != block + 1);
            let edges = inside.map(|&(after, distance)| at[after] - distance);
            at[block] = edges.fold(f64::INFINITY, f64::min);
        }
        for &block in self.sorted.iter().filter(borders(RIGHT)) {
            let edges = self.before[block].iter().map(|&(before, distance)| at[before] + distance);
            at[block] = edges.fold(f64::NEG_INFINITY, f64::max);
        }
    }

    /// Moves each block as far as its neighbours let it, so that none is pushed without need.
    fn step(&mut self, from_left: bool) {
        for place in 0..self.sorted.len() {
            let place = if from_left { place } else { self.sorted.len() - 1 - place };
            let block = self.sorted[place];
            let before =
                self.before[block].iter().map(|&(before, distance)| self.at[before] + distance);
            let after =
                self.after[block].iter().map(|&(after, distance)| self.at[after] - distance);
            let (least, most) =
                (before.fold(f64::NEG_INFINITY, f64::max), after.fold(f64::INFINITY, f64::min));
            self.at[block] = self.wish(block).min(most).max(least);
        }
    }

    fn granted(&self, wish: Vec<f64>) -> Vec<f64> {
        let mut right = wish.clone();
        for &block in &self.sorted {
            for &(before, distance) in &self.before[block] {
                right[block] = right[block].max(right[before] + distance);
            }
        }
        let mut left = wish;
        for &block in self.sorted.iter().rev() {
            for &(after, distance) in &self.after[block] {
                left[block] = left[block].min(left[after] - distance);
            }
        }
        right.iter().zip(left).map(|(right, left)| f64::midpoint(*right, left)).collect()
    }
}
