//! The order of what stands in one layer, so that few arrows cross.
//!
//! Everything has a key, and so has every group, in all its layers the same one. A layer is sorted
//! by the keys, group by group. So a group is never torn apart, nor do two of them change sides.

use crate::svg::layers::Layers;
use crate::svg::place::gap;
use crate::svg::text::number;

const SWEEPS: usize = 24;
const SWAPS: usize = 6;
/// How much worse it is to cross the border of a group than to cross an arrow.
const BORDER: usize = 4;

/// What comes in a layer, from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Open(usize),
    Node(usize),
    Close(usize),
}

pub(super) type Rows = Vec<Vec<Token>>;

/// Something that stands beside others in the same group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sibling {
    Node(usize),
    Group(usize),
}

#[derive(Clone, Debug)]
struct Keys {
    nodes: Vec<f64>,
    groups: Vec<f64>,
}

/// An order of all layers.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) rows: Rows,
    /// About where each node lies.
    pub(super) lies: Vec<f64>,
    pub(super) crossings: usize,
}

impl Order {
    /// What the search finds depends on where it begins: in the order of declaration, or in the
    /// opposite one.
    pub(super) fn new(layers: &Layers<'_>, backwards: bool) -> Self {
        let mut search = Search::new(layers, backwards);
        search.sweep();
        search.swap();
        let rows = search.rows(&search.keys);
        let mut lies = vec![0.0; layers.nodes.len()];
        for row in &rows {
            search.pack(row, &mut lies);
        }
        let crossings = search.crossings(&rows);
        Self { rows, lies, crossings }
    }
}

struct Search<'l> {
    layers: &'l Layers<'l>,
    /// The nodes of each layer.
    nodes: Vec<Vec<usize>>,
    /// The pieces of arrows below each layer, from the upper to the lower node.
    pieces: Vec<Vec<(usize, usize)>>,
    above: Vec<Vec<usize>>,
    below: Vec<Vec<usize>>,
    keys: Keys,
}

impl<'l> Search<'l> {
    fn new(layers: &'l Layers<'l>, backwards: bool) -> Self {
        let count = layers.nodes.len();
        let mut nodes = vec![Vec::new(); layers.depth];
        for (index, node) in layers.nodes.iter().enumerate() {
            nodes[node.layer].push(index);
        }
        let mut pieces = vec![Vec::new(); layers.depth];
        let (mut above, mut below) = (vec![Vec::new(); count], vec![Vec::new(); count]);
        for chain in &layers.chains {
            for pair in chain.nodes.windows(2) {
                pieces[layers.nodes[pair[0]].layer].push((pair[0], pair[1]));
                below[pair[0]].push(pair[1]);
                above[pair[1]].push(pair[0]);
            }
        }
        let sign = if backwards { -1.0 } else { 1.0 };
        let keys = |count: usize| (0..count).map(|key| number(key) * sign).collect();
        let keys = Keys { nodes: keys(count), groups: keys(layers.frames.len()) };
        Self { layers, nodes, pieces, above, below, keys }
    }

    /// Puts everything below, then above, the middle of what it is tied to, again and again.
    fn sweep(&mut self) {
        let mut best = (usize::MAX, self.keys.clone());
        let mut lies = vec![0.0; self.layers.nodes.len()];
        for row in self.rows(&self.keys) {
            self.pack(&row, &mut lies);
        }
        for round in 0..SWEEPS {
            let down = round % 2 == 0;
            for step in 0..self.layers.depth {
                let layer = if down { step } else { self.layers.depth - 1 - step };
                for &node in &self.nodes[layer] {
                    let tied = if down { &self.above[node] } else { &self.below[node] };
                    let sum: f64 = tied.iter().map(|&other| lies[other]).sum();
                    self.keys.nodes[node] =
                        if tied.is_empty() { lies[node] } else { sum / number(tied.len()) };
                }
                let row = self.row(&self.keys, layer);
                self.pack(&row, &mut lies);
            }
            self.centre_groups(&lies);
            let crossings = self.crossings(&self.rows(&self.keys));
            if crossings < best.0 {
                best = (crossings, self.keys.clone());
            }
        }
        self.keys = best.1;
    }

    fn centre_groups(&mut self, lies: &[f64]) {
        let groups = self.keys.groups.len();
        let (mut sums, mut counts) = (vec![0.0; groups], vec![0; groups]);
        for (index, node) in self.layers.nodes.iter().enumerate() {
            for group in self.layers.around(node.group) {
                sums[group] += lies[index];
                counts[group] += 1;
            }
        }
        for group in 0..groups {
            if counts[group] > 0 {
                self.keys.groups[group] = sums[group] / number(counts[group]);
            }
        }
    }

    /// Swaps neighbours as long as that helps.
    fn swap(&mut self) {
        let mut crossings = self.crossings(&self.rows(&self.keys));
        for _ in 0..SWAPS {
            let before = crossings;
            for layer in 0..self.layers.depth {
                for parent in std::iter::once(None).chain((0..self.keys.groups.len()).map(Some)) {
                    let count = self.siblings(&self.keys, parent, layer).len();
                    for place in 1..count {
                        let siblings = self.siblings(&self.keys, parent, layer);
                        let swapped = self.swapped(&siblings, place);
                        let new = self.crossings(&self.rows(&swapped));
                        if new < crossings {
                            (self.keys, crossings) = (swapped, new);
                        }
                    }
                }
            }
            if crossings == before {
                break;
            }
        }
    }

    /// The keys with which a sibling and the one before it change places.
    fn swapped(&self, siblings: &[Sibling], place: usize) -> Keys {
        let mut keys = self.keys.clone();
        let key = |at: usize| match siblings.get(at)? {
            Sibling::Node(node) => Some(self.keys.nodes[*node]),
            Sibling::Group(group) => Some(self.keys.groups[*group]),
        };
        match (siblings[place - 1], siblings[place]) {
            (Sibling::Node(one), Sibling::Node(other)) => keys.nodes.swap(one, other),
            (Sibling::Group(one), Sibling::Group(other)) => keys.groups.swap(one, other),
            (Sibling::Node(node), Sibling::Group(group)) => {
                let here = self.keys.groups[group];
                keys.nodes[node] =
                    key(place + 1).map_or(here + 1.0, |next| f64::midpoint(here, next));
            }
            (Sibling::Group(group), Sibling::Node(node)) => {
                let here = self.keys.groups[group];
                let before = place.checked_sub(2).and_then(key);
                keys.nodes[node] = before.map_or(here - 1.0, |before| f64::midpoint(before, here));
            }
        }
        keys
    }

    fn siblings(&self, keys: &Keys, parent: Option<usize>, layer: usize) -> Vec<Sibling> {
        let nodes =
            self.nodes[layer].iter().filter(|&&node| self.layers.nodes[node].group == parent);
        let mut siblings: Vec<_> =
            nodes.map(|&node| (keys.nodes[node], Sibling::Node(node))).collect();
        let groups = self.layers.frames_in(parent, layer);
        siblings.extend(groups.map(|group| (keys.groups[group], Sibling::Group(group))));
        siblings.sort_by(|one, other| one.0.total_cmp(&other.0));
        siblings.into_iter().map(|(_, sibling)| sibling).collect()
    }

    fn rows(&self, keys: &Keys) -> Rows {
        (0..self.layers.depth).map(|layer| self.row(keys, layer)).collect()
    }

    fn row(&self, keys: &Keys, layer: usize) -> Vec<Token> {
        let mut row = Vec::new();
        self.write(keys, None, layer, &mut row);
        row
    }

    fn write(&self, keys: &Keys, parent: Option<usize>, layer: usize, row: &mut Vec<Token>) {
        for sibling in self.siblings(keys, parent, layer) {
            match sibling {
                Sibling::Node(node) => row.push(Token::Node(node)),
                Sibling::Group(group) => {
                    row.push(Token::Open(group));
                    self.write(keys, Some(group), layer, row);
                    row.push(Token::Close(group));
                }
            }
        }
    }

    /// Lays a layer out, as close as it goes, around the middle of its keys.
    fn pack(&self, row: &[Token], lies: &mut [f64]) {
        let (mut at, mut sum, mut count) = (0.0, 0.0, 0_usize);
        for (place, token) in row.iter().enumerate() {
            if place > 0 {
                at += gap(self.layers, row[place - 1], *token);
            }
            if let Token::Node(node) = token {
                lies[*node] = at;
                sum += self.keys.nodes[*node] - at;
                count += 1;
            }
        }
        if count > 0 {
            let shift = sum / number(count);
            for token in row {
                if let Token::Node(node) = token {
                    lies[*node] += shift;
                }
            }
        }
    }

    fn crossings(&self, rows: &Rows) -> usize {
        let mut places = vec![0; self.layers.nodes.len()];
        let mut borders = vec![vec![(0, 0); self.layers.frames.len()]; rows.len()];
        for (layer, row) in rows.iter().enumerate() {
            for (place, token) in row.iter().enumerate() {
                match *token {
                    Token::Node(node) => places[node] = place,
                    Token::Open(group) => borders[layer][group].0 = place,
                    Token::Close(group) => borders[layer][group].1 = place,
                }
            }
        }
        let mut crossings = 0;
        for layer in 1..rows.len() {
            let pieces = &self.pieces[layer - 1];
            let pieces: Vec<_> =
                pieces.iter().map(|&(top, bottom)| (places[top], places[bottom])).collect();
            for (index, piece) in pieces.iter().enumerate() {
                let crossed = |other: &&(usize, usize)| {
                    (piece.0 < other.0 && piece.1 > other.1)
                        || (piece.0 > other.0 && piece.1 < other.1)
                };
                crossings += pieces[index + 1..].iter().filter(crossed).count();
                for (group, frame) in self.layers.frames.iter().enumerate() {
                    let both = |(first, last)| first < layer && layer <= last;
                    if frame.span.is_some_and(both) {
                        let (upper, lower) = (borders[layer - 1][group], borders[layer][group]);
                        let borders = [(upper.0, lower.0), (upper.1, lower.1)];
                        crossings += BORDER * borders.iter().filter(crossed).count();
                    }
                }
            }
        }
        crossings
    }
}
