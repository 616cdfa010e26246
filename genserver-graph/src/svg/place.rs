//! Where everything lies.

use crate::svg::across::Across;
use crate::svg::layers::{Chain, Kind, Layers};
use crate::svg::order::{Order, Rows, Token};
use crate::svg::text::{LINE, number};

/// Inside a frame, around what it holds; above that is its name.
pub(super) const FRAME_PADDING: f64 = 14.0;
pub(super) const FRAME_TITLE: f64 = LINE + 6.0;
/// Between two layers, at least and at most.
const LAYER_GAP_MIN: f64 = 18.0;
const LAYER_GAP_MAX: f64 = 44.0;
/// The length of an arrow's head.
pub(super) const HEAD: f64 = 8.0;
/// Around the picture.
const MARGIN: f64 = 8.0;
/// From one arrow to the next at the same side of a box.
const PORT_GAP: f64 = 26.0;

/// The height of a layer: what stands in it, and what the frames that begin and end there need.
#[derive(Clone, Copy, Debug)]
pub(super) struct Band {
    pub(super) outer_top: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
    pub(super) outer_bottom: f64,
}

impl Band {
    pub(super) fn middle(self) -> f64 {
        f64::midpoint(self.top, self.bottom)
    }
}

/// A frame, by its left, upper, right and lower border.
pub(super) type Edges = (f64, f64, f64, f64);

#[derive(Debug)]
pub(super) struct Places {
    pub(super) width: f64,
    pub(super) height: f64,
    /// The middle of each node.
    pub(super) nodes: Vec<f64>,
    pub(super) bands: Vec<Band>,
    pub(super) frames: Vec<Option<Edges>>,
    /// Where each chain leaves its first node and enters its last one, from their middle.
    pub(super) ports: Vec<(f64, f64)>,
    /// How far the arrows go to the side, all together.
    aside: f64,
}

impl Places {
    /// The places with the fewest crossings, of equal ones those with the least way to the side.
    pub(super) fn new(layers: &Layers<'_>) -> Self {
        let [one, other] = [false, true].map(|backwards| Order::new(layers, backwards));
        let crossings = [one.crossings, other.crossings];
        let [one, other] = [one, other].map(|order| Self::of(layers, &order));
        let is_worse = crossings[0].cmp(&crossings[1]).then(one.aside.total_cmp(&other.aside));
        if is_worse.is_gt() { other } else { one }
    }

    fn of(layers: &Layers<'_>, order: &Order) -> Self {
        let ports = ports(layers, &order.rows);
        let across = Across::new(layers, &order.rows, &ports, &order.lies);
        let (mut nodes, mut frames) = across.settle();
        let left = nodes.iter().zip(&layers.nodes).map(|(x, node)| x - node.left);
        let left = left.chain(frames.iter().flatten().map(|frame| frame.0));
        let shift = MARGIN - left.fold(f64::INFINITY, f64::min);
        for x in &mut nodes {
            *x += shift;
        }
        for frame in frames.iter_mut().flatten() {
            *frame = (frame.0 + shift, frame.1 + shift);
        }
        let right = nodes.iter().zip(&layers.nodes).map(|(x, node)| x + node.right);
        let right = right.chain(frames.iter().flatten().map(|frame| frame.1));
        let width = right.fold(0.0, f64::max) + MARGIN;

        let aside = aside(layers, &nodes, &ports);
        let bands = bands(layers, &aside);
        let aside = aside.iter().map(|&(all, _)| all).sum();
        let height = bands.last().map_or(0.0, |band| band.outer_bottom) + MARGIN;
        let frames = frames.into_iter().enumerate().map(|(group, frame)| {
            let ((left, right), (first, last)) = (frame?, layers.frames[group].span?);
            let top = bands[first].top - above(layers, group);
            Some((left, top, right, bands[last].bottom + below(layers, group)))
        });
        let frames = frames.collect();
        Self { width, height, nodes, bands, frames, ports, aside }
    }
}

/// What a frame needs above its first layer.
fn above(layers: &Layers<'_>, group: usize) -> f64 {
    FRAME_TITLE + inside(layers, group, |span| span.0, above)
}

/// What a frame needs below its last layer.
fn below(layers: &Layers<'_>, group: usize) -> f64 {
    inside(layers, group, |span| span.1, below)
}

fn inside(
    layers: &Layers<'_>,
    group: usize,
    end: impl Fn((usize, usize)) -> usize,
    needs: impl Fn(&Layers<'_>, usize) -> f64,
) -> f64 {
    let frames = layers.frames.iter().enumerate();
    let same = |span: Option<(usize, usize)>| span.map(&end) == layers.frames[group].span.map(&end);
    let inner = frames.filter(|(_, frame)| frame.parent == Some(group) && same(frame.span));
    let inner = inner.map(|(inner, _)| needs(layers, inner) + FRAME_PADDING / 2.0);
    inner.fold(FRAME_PADDING / 2.0, f64::max)
}

/// How far the arrows go to the side below each layer, all together and the farthest one.
fn aside(layers: &Layers<'_>, nodes: &[f64], ports: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut aside = vec![(0.0, 0.0_f64); layers.depth];
    for (chain, port) in layers.chains.iter().zip(ports) {
        let points = points(&chain.nodes, *port, nodes);
        for (pair, &node) in points.windows(2).zip(&chain.nodes) {
            let (way, own) = ((pair[0] - pair[1]).abs(), &mut aside[layers.nodes[node].layer]);
            *own = (own.0 + way, own.1.max(way));
        }
    }
    aside
}

fn bands(layers: &Layers<'_>, aside: &[(f64, f64)]) -> Vec<Band> {
    let mut bands: Vec<Band> = Vec::new();
    let mut y = MARGIN;
    for (layer, &(_, farthest)) in aside.iter().enumerate() {
        let here = || layers.nodes.iter().filter(|node| node.layer == layer);
        let height = here().map(|node| node.height).fold(0.0, f64::max);
        // The head of an arrow is straight; so is its way through a frame.
        let is_entered = here().any(|node| matches!(node.kind, Kind::State(_)));
        let turns = |chain: &Chain| chain.upward && layers.nodes[chain.nodes[0]].layer == layer;
        let is_entered_below = layers.chains.iter().any(turns);
        let top = y + frames_need(layers, layer, |span| span.0, above).max(head(is_entered));
        let bottom = top + height;
        let need = frames_need(layers, layer, |span| span.1, below);
        let outer_bottom = bottom + need.max(head(is_entered_below));
        bands.push(Band { outer_top: y, top, bottom, outer_bottom });
        y = outer_bottom + (farthest * 0.2).clamp(LAYER_GAP_MIN, LAYER_GAP_MAX);
    }
    bands
}

fn head(is_entered: bool) -> f64 {
    if is_entered { HEAD + 1.0 } else { 0.0 }
}

/// What the frames need that begin or end in a layer.
fn frames_need(
    layers: &Layers<'_>,
    layer: usize,
    end: fn((usize, usize)) -> usize,
    needs: fn(&Layers<'_>, usize) -> f64,
) -> f64 {
    let frames = layers.frames.iter().enumerate();
    let here = frames.filter(|(_, frame)| frame.span.map(end) == Some(layer));
    here.map(|(group, _)| needs(layers, group)).fold(0.0, f64::max)
}

/// Where a chain is in each of its layers.
pub(super) fn points(chain: &[usize], port: (f64, f64), nodes: &[f64]) -> Vec<f64> {
    let mut points: Vec<f64> = chain.iter().map(|&node| nodes[node]).collect();
    if let Some(first) = points.first_mut() {
        *first += port.0;
    }
    if let Some(last) = points.last_mut() {
        *last += port.1;
    }
    points
}

/// Spreads the arrows at the upper and the lower side of each box, in the order of where they go.
fn ports(layers: &Layers<'_>, rows: &Rows) -> Vec<(f64, f64)> {
    let mut place = vec![0; layers.nodes.len()];
    for row in rows {
        for (at, token) in row.iter().enumerate() {
            if let Token::Node(node) = token {
                place[*node] = at;
            }
        }
    }
    let mut ports = vec![(0.0, 0.0); layers.chains.len()];
    for (node, shape) in layers.shapes.iter().enumerate() {
        let chains = || layers.chains.iter().enumerate();
        let mut lower: Vec<_> = chains()
            .filter(|(_, chain)| chain.nodes[0] == node)
            .map(|(index, chain)| (place[chain.nodes[1]], index))
            .collect();
        let mut upper: Vec<_> = chains()
            .filter(|(_, chain)| chain.nodes[chain.nodes.len() - 1] == node)
            .map(|(index, chain)| (place[chain.nodes[chain.nodes.len() - 2]], index))
            .collect();
        lower.sort_unstable();
        upper.sort_unstable();
        let at = |count: usize, place: usize| {
            let gap = PORT_GAP.min((shape.width - 16.0) / number(count));
            (number(place) - number(count - 1) / 2.0) * gap
        };
        for (place, (_, chain)) in lower.iter().enumerate() {
            ports[*chain].0 = at(lower.len(), place);
        }
        for (place, (_, chain)) in upper.iter().enumerate() {
            ports[*chain].1 = at(upper.len(), place);
        }
    }
    ports
}

/// How far the middles of two neighbours are from one another at least; that of a border is where
/// it is drawn.
pub(super) fn gap(layers: &Layers<'_>, left: Token, right: Token) -> f64 {
    let own = |token: Token, right: bool| match token {
        Token::Node(node) if right => layers.nodes[node].right,
        Token::Node(node) => layers.nodes[node].left,
        _ => 0.0,
    };
    let between = match (left, right) {
        (Token::Node(left), Token::Node(right)) => {
            let room = |node: usize| match layers.nodes[node].kind {
                Kind::Start | Kind::State(_) => 18.0,
                Kind::Label(_) => 10.0,
                Kind::Bend => 9.0,
            };
            room(left) + room(right)
        }
        (Token::Open(_), Token::Close(_)) | (Token::Close(_), Token::Open(_)) => {
            2.0 * FRAME_PADDING
        }
        _ => FRAME_PADDING,
    };
    own(left, true) + between + own(right, false)
}
