//! Which layer each state stands in, and what lies between two states.

use crate::Graph;
use crate::diagram::{Arrow, arrows};
use crate::svg::text::{self, LABEL, LINE, NAME, number};

/// More than these nobody can read in a picture.
const STATES_MAX: usize = 100;
const ARROWS_MAX: usize = 200;

/// The height of a box, and what is left and right of its name.
const BOX_HEIGHT: f64 = 34.0;
const BOX_PADDING: f64 = 14.0;
/// From one arrow to the next at the same side of a box, at least.
const PORT_GAP_MIN: f64 = 12.0;
/// The point before the initial state.
pub(super) const START: f64 = 12.0;
/// From the box to the label of an arrow that leads back to it, and from one such to the next.
pub(super) const LOOP_WIDTH: f64 = 24.0;
const LOOP_HEIGHT: f64 = 24.0;

/// Something with a place of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The point before the initial state.
    Start,
    State(usize),
    /// The label of an arrow.
    Label(usize),
    /// Where an arrow passes a layer.
    Bend,
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) layer: usize,
    /// The innermost group around it.
    pub(super) group: Option<usize>,
    /// What it takes on both sides of its middle.
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) height: f64,
}

/// An arrow with what it passes, from top to bottom; one node in each layer.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) nodes: Vec<usize>,
    /// It points to its first node.
    pub(super) upward: bool,
    pub(super) is_time_out: bool,
}

/// The group around a group, and whether it stands anywhere.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) parent: Option<usize>,
    /// How wide its name is.
    pub(super) title: f64,
    /// The first and the last layer that it has something in; none if it is left out.
    pub(super) span: Option<(usize, usize)>,
}

/// A box, and the arrows from the state to itself.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) width: f64,
    pub(super) height: f64,
    /// The arrows with their middle, counted from the middle of the box.
    pub(super) loops: Vec<(usize, f64)>,
}

#[derive(Debug)]
pub(super) struct Layers<'g> {
    pub(super) arrows: Vec<Arrow<'g>>,
    /// The lines of each arrow's label.
    pub(super) labels: Vec<Vec<String>>,
    pub(super) shapes: Vec<Shape>,
    pub(super) frames: Vec<Frame>,
    pub(super) nodes: Vec<Node>,
    pub(super) chains: Vec<Chain>,
    /// How many layers there are.
    pub(super) depth: usize,
}

impl<'g> Layers<'g> {
    /// `None` for a graph without states, or of too many.
    pub(super) fn new(graph: &Graph<'g>) -> Option<Self> {
        let arrows = arrows(graph);
        let states = graph.states.len();
        if states == 0 || states > STATES_MAX || arrows.len() > ARROWS_MAX {
            return None;
        }
        let labels: Vec<_> = arrows.iter().map(|arrow| text::wrap(&arrow.labels)).collect();
        let shapes = (0..states).map(|state| shape(graph, state, &arrows, &labels)).collect();
        let mut layers = Self {
            frames: frames(graph),
            arrows,
            labels,
            shapes,
            nodes: Vec::new(),
            chains: Vec::new(),
            depth: 0,
        };
        layers.add_states(graph);
        for arrow in 0..layers.arrows.len() {
            if layers.arrows[arrow].from != layers.arrows[arrow].to {
                layers.add_chain(arrow);
            }
        }
        layers.span_frames();
        layers.depth = layers.nodes.iter().map(|node| node.layer + 1).max().unwrap_or(0);
        Some(layers)
    }

    /// The states are the first nodes, under their own indices; then comes the start.
    fn add_states(&mut self, graph: &Graph<'_>) {
        let order = Descent::run(graph, &self.arrows);
        let layers = self.assign(graph, &order);
        for (state, &layer) in layers.iter().enumerate() {
            let shape = &self.shapes[state];
            let beside = shape.loops.iter().map(|&(arrow, _)| LOOP_WIDTH + self.label_width(arrow));
            let reach = shape
                .loops
                .iter()
                .map(|&(arrow, at)| 2.0 * at.abs() + number(self.labels[arrow].len()) * LINE);
            let node = Node {
                kind: Kind::State(state),
                layer,
                group: graph.states[state].group.filter(|&group| self.stands(group)),
                left: shape.width / 2.0,
                right: shape.width / 2.0 + beside.fold(0.0, f64::max),
                height: reach.fold(shape.height, f64::max),
            };
            self.nodes.push(node);
        }
        let layer = layers[graph.initial] - 1;
        let (group, side) = (None, START / 2.0);
        self.nodes.push(Node {
            kind: Kind::Start,
            layer,
            group,
            left: side,
            right: side,
            height: START,
        });
        let nodes = vec![graph.states.len(), graph.initial];
        self.chains.push(Chain { nodes, upward: false, is_time_out: false });
    }

    fn label_width(&self, arrow: usize) -> f64 {
        self.labels[arrow].iter().map(|line| text::width(line, LABEL)).fold(0.0, f64::max)
    }

    /// The layer of each state: as high as the arrows into it allow, with room for the labels.
    fn assign(&self, graph: &Graph<'_>, order: &Descent) -> Vec<usize> {
        // The first one is left to the start.
        let mut layers = vec![1; graph.states.len()];
        for &state in order.finished.iter().rev() {
            for (index, arrow) in self.arrows.iter().enumerate() {
                let (from, to) = order.downward(index, arrow);
                if from == state && from != to {
                    let length = if self.labels[index].is_empty() { 1 } else { 2 };
                    layers[to] = layers[to].max(layers[from] + length);
                }
            }
        }
        layers
    }

    /// Gives an arrow a place in each layer that it passes; its label stands next to the state that
    /// it leaves.
    fn add_chain(&mut self, arrow: usize) {
        let Arrow { from, to, is_time_out, .. } = self.arrows[arrow];
        let upward = self.nodes[from].layer > self.nodes[to].layer;
        let (top, bottom) = if upward { (to, from) } else { (from, to) };
        let layers = self.nodes[top].layer + 1..self.nodes[bottom].layer;
        let labelled = if upward { layers.end - 1 } else { layers.start };
        let group = self.common(top, bottom);
        let mut nodes = vec![top];
        for layer in layers {
            let has_label = layer == labelled && !self.labels[arrow].is_empty();
            let (kind, half, height) = if has_label {
                let height = number(self.labels[arrow].len()) * LINE;
                (Kind::Label(arrow), self.label_width(arrow) / 2.0, height)
            } else {
                (Kind::Bend, 0.5, 0.0)
            };
            nodes.push(self.nodes.len());
            self.nodes.push(Node { kind, layer, group, left: half, right: half, height });
        }
        nodes.push(bottom);
        self.chains.push(Chain { nodes, upward, is_time_out });
    }

    /// The innermost group around both states.
    fn common(&self, one: usize, other: usize) -> Option<usize> {
        let around = self.around(self.nodes[other].group);
        self.around(self.nodes[one].group).into_iter().find(|group| around.contains(group))
    }

    /// The groups around something that stands in a group, that one included, from the inside out.
    /// None if they form a circle.
    pub(super) fn around(&self, group: Option<usize>) -> Vec<usize> {
        let mut around = Vec::new();
        let mut next = group;
        while let Some(group) = next {
            if around.len() == self.frames.len() {
                return Vec::new();
            }
            around.push(group);
            next = self.frames[group].parent;
        }
        around
    }

    fn stands(&self, group: usize) -> bool {
        !self.around(Some(group)).is_empty()
    }

    fn span_frames(&mut self) {
        for node in 0..self.nodes.len() {
            let layer = self.nodes[node].layer;
            for group in self.around(self.nodes[node].group) {
                let span = &mut self.frames[group].span;
                let (first, last) = span.unwrap_or((layer, layer));
                *span = Some((first.min(layer), last.max(layer)));
            }
        }
    }

    /// Half the height of what is drawn of a node.
    pub(super) fn half(&self, node: usize) -> f64 {
        match self.nodes[node].kind {
            Kind::State(state) => self.shapes[state].height / 2.0,
            _ => self.nodes[node].height / 2.0,
        }
    }

    /// The groups that have a part in a layer and stand right in `parent`.
    pub(super) fn frames_in(
        &self,
        parent: Option<usize>,
        layer: usize,
    ) -> impl Iterator<Item = usize> {
        let frames = self.frames.iter().enumerate();
        frames
            .filter(move |(_, frame)| {
                frame.parent == parent
                    && frame.span.is_some_and(|(first, last)| (first..=last).contains(&layer))
            })
            .map(|(index, _)| index)
    }
}

fn frames(graph: &Graph<'_>) -> Vec<Frame> {
    let frame = |group: &crate::Group<'_>| Frame {
        parent: group.parent,
        title: text::width(&text::shown(group.name), LABEL),
        span: None,
    };
    graph.groups.iter().map(frame).collect()
}

fn shape(graph: &Graph<'_>, state: usize, arrows: &[Arrow<'_>], labels: &[Vec<String>]) -> Shape {
    let name = text::width(&text::shown(graph.states[state].name), NAME);
    let own =
        (0..arrows.len()).filter(|&arrow| arrows[arrow].from == state && arrows[arrow].to == state);
    let own: Vec<usize> = own.collect();
    let tall = |arrow: usize| LOOP_HEIGHT.max(number(labels[arrow].len()) * LINE);
    let whole: f64 = own.iter().map(|&arrow| tall(arrow)).sum();
    let mut loops = Vec::new();
    let mut top = -whole / 2.0;
    for &arrow in &own {
        loops.push((arrow, top + tall(arrow) / 2.0));
        top += tall(arrow);
    }
    // A single one may have a label that is taller than the box.
    let height = if own.len() > 1 { BOX_HEIGHT.max(whole) } else { BOX_HEIGHT };
    // An arrow may be turned around, so that all may lie at one side.
    let ends =
        |arrow: &&Arrow<'_>| arrow.from != arrow.to && (arrow.from == state || arrow.to == state);
    let ports = number(arrows.iter().filter(ends).count()) * PORT_GAP_MIN;
    Shape { width: (name + 2.0 * BOX_PADDING).max(48.0).max(ports), height, loops }
}

/// A walk through the graph, depth first: an arrow to a state whose walk has not ended leads back,
/// and is turned around, so that the layers can be counted.
struct Descent {
    /// The states in the order in which their walks ended.
    finished: Vec<usize>,
    /// Which arrows lead back.
    back: Vec<bool>,
}

impl Descent {
    fn run(graph: &Graph<'_>, arrows: &[Arrow<'_>]) -> Self {
        let states = graph.states.len();
        let mut descent = Self { finished: Vec::new(), back: vec![false; arrows.len()] };
        let (mut entered, mut left) = (vec![false; states], vec![false; states]);
        for root in std::iter::once(graph.initial).chain(0..states) {
            if entered[root] {
                continue;
            }
            entered[root] = true;
            let mut calls = vec![(root, 0)];
            while let Some((state, next)) = calls.last_mut() {
                let (state, arrow) = (*state, *next);
                *next += 1;
                if arrow == arrows.len() {
                    left[state] = true;
                    descent.finished.push(state);
                    calls.pop();
                } else if arrows[arrow].from == state {
                    let to = arrows[arrow].to;
                    if !entered[to] {
                        entered[to] = true;
                        calls.push((to, 0));
                    } else if !left[to] {
                        descent.back[arrow] = true;
                    }
                }
            }
        }
        descent
    }

    /// The ends of an arrow, the upper one first.
    fn downward(&self, index: usize, arrow: &Arrow<'_>) -> (usize, usize) {
        if self.back[index] { (arrow.to, arrow.from) } else { (arrow.from, arrow.to) }
    }
}
