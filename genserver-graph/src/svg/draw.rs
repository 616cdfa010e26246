//! The text of the picture.

use std::fmt::Write;

use crate::Graph;
use crate::svg::layers::{Chain, Kind, LOOP_WIDTH, Layers, START};
use crate::svg::place::{Edges, HEAD, Places, points};
use crate::svg::text::{LABEL, LINE, NAME, escape, number, width};

/// How far below its middle the base line of a line of text is, in sizes of its font.
const BASE: f64 = 0.35;
/// Half the width of an arrow's head.
const HEAD_HALF: f64 = 3.6;

/// From the border of a frame to its name.
const TITLE_INSET: f64 = 10.0;

/// Colours of rustdoc's theme where there is one; else those of the surroundings.
const STYLE: &str = "max-width:100%;height:auto;color-scheme:light dark;\
    color:var(--main-color,CanvasText);\
    font-family:var(--font-family-code,\"Source Code Pro\",\"DejaVu Sans Mono\",monospace)";
const BOX_FILL: &str = "fill:var(--code-block-background-color,Canvas)";
const PAGE_STROKE: &str = "stroke:var(--main-background-color,Canvas)";

/// The drawing of the graph.
pub(super) fn picture(graph: &Graph<'_>, layers: &Layers<'_>, places: &Places) -> String {
    let mut canvas = Canvas { graph, layers, places, out: String::new() };
    canvas.write();
    canvas.out
}

/// The text of the diagram in place of a drawing.
pub(super) fn source(graph: &Graph<'_>) -> String {
    let text = graph.to_mermaid();
    let lines: Vec<&str> = text.lines().collect();
    let wide = lines.iter().map(|line| width(line, LABEL)).fold(0.0, f64::max);
    let mut out = open(graph, wide + 16.0, number(lines.len()) * LINE + 16.0);
    for (index, line) in lines.iter().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let x = 8.0 + number(indent) * LABEL * 0.6;
        let y = 8.0 + (number(index) + 0.5) * LINE + LABEL * BASE;
        out += &text_element("source", "start", LABEL, (x, y), line.trim_start());
    }
    out += "</svg>\n";
    out
}

fn open(graph: &Graph<'_>, width: f64, height: f64) -> String {
    let (width, height) = (num(width.ceil()), num(height.ceil()));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"genserver-graph\" role=\"img\" \
         aria-label=\"state graph of {}\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" style=\"{}\">\n",
        escape(graph.name),
        STYLE.replace('"', "'"),
    )
}

fn text_element(class: &str, anchor: &str, size: f64, at: (f64, f64), text: &str) -> String {
    format!(
        "<text class=\"{class}\" x=\"{}\" y=\"{}\" font-size=\"{size}\" text-anchor=\"{anchor}\" \
         fill=\"currentColor\">{}</text>\n",
        num(at.0),
        num(at.1),
        escape(text)
    )
}

/// A coordinate with at most one digit behind the point, the same one everywhere.
fn num(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    // A zero has no sign.
    format!("{}", rounded + 0.0)
}

struct Canvas<'a> {
    graph: &'a Graph<'a>,
    layers: &'a Layers<'a>,
    places: &'a Places,
    out: String,
}

impl Canvas<'_> {
    fn write(&mut self) {
        self.out = open(self.graph, self.places.width, self.places.height);
        for frame in self.places.frames.iter().flatten() {
            self.frame(*frame);
        }
        for (chain, port) in self.layers.chains.iter().zip(&self.places.ports) {
            self.chain(chain, *port);
        }
        for node in 0..self.layers.nodes.len() {
            match self.layers.nodes[node].kind {
                Kind::Start => self.start(node),
                Kind::State(state) => self.state(state),
                Kind::Label(arrow) => {
                    let at = (self.places.nodes[node], self.middle(node));
                    self.label(arrow, "middle", at);
                }
                Kind::Bend => {}
            }
        }
        for (group, frame) in self.places.frames.iter().enumerate() {
            if let Some(frame) = frame {
                self.title(group, *frame);
            }
        }
        self.out += "</svg>\n";
    }

    fn middle(&self, node: usize) -> f64 {
        self.places.bands[self.layers.nodes[node].layer].middle()
    }

    fn frame(&mut self, (left, top, right, bottom): Edges) {
        self.rect("group", (left, top, right, bottom), 8.0, "fill:none", "stroke-opacity=\"0.45\"");
    }

    /// The name of a group stands at the left, or at the right if only there no arrow runs through it.
    fn title(&mut self, group: usize, (left, top, right, _): Edges) {
        let wide = self.layers.frames[group].title;
        let first = self.layers.frames[group].span.map(|(first, _)| first);
        let chains = self.layers.chains.iter().zip(&self.places.ports);
        let entries: Vec<f64> = chains
            .flat_map(|(chain, port)| {
                let points = points(&chain.nodes, *port, &self.places.nodes);
                chain.nodes.iter().copied().zip(points).skip(1)
            })
            .filter(|&(node, _)| Some(self.layers.nodes[node].layer) == first)
            .map(|(_, x)| x)
            .collect();
        let is_free =
            |from: f64| !entries.iter().any(|x| (from - 4.0..from + wide + 4.0).contains(x));
        let (at_left, at_right) = (left + TITLE_INSET, right - TITLE_INSET - wide);
        let x = if is_free(at_left) || !is_free(at_right) { at_left } else { at_right };
        let y = top + 4.0 + LINE / 2.0 + LABEL * BASE;
        let name = escape(self.graph.groups[group].name);
        let _ = writeln!(
            self.out,
            "<text class=\"title\" x=\"{}\" y=\"{}\" font-size=\"{LABEL}\" text-anchor=\"start\" \
             fill=\"currentColor\" stroke-width=\"4\" paint-order=\"stroke\" \
             style=\"{PAGE_STROKE}\">{name}</text>",
            num(x),
            num(y),
        );
    }

    fn rect(
        &mut self,
        class: &str,
        (left, top, right, bottom): Edges,
        round: f64,
        style: &str,
        more: &str,
    ) {
        let _ = writeln!(
            self.out,
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{round}\" \
             style=\"{style}\" stroke=\"currentColor\" {more}/>",
            num(left),
            num(top),
            num(right - left),
            num(bottom - top),
        );
    }

    fn start(&mut self, node: usize) {
        let (x, y) = (self.places.nodes[node], self.middle(node));
        let _ = writeln!(
            self.out,
            "<circle class=\"start\" cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"currentColor\"/>",
            num(x),
            num(y),
            num(START / 2.0)
        );
    }

    fn state(&mut self, state: usize) {
        let (shape, x, y) =
            (&self.layers.shapes[state], self.places.nodes[state], self.middle(state));
        let (half, tall) = (shape.width / 2.0, shape.height / 2.0);
        let bounds =
            |inset: f64| (x - half + inset, y - tall + inset, x + half - inset, y + tall - inset);
        self.rect("state", bounds(0.0), 7.0, BOX_FILL, "stroke-width=\"1.3\"");
        if self.graph.states[state].terminal {
            self.rect("end", bounds(3.5), 4.5, "fill:none", "stroke-width=\"1\"");
        }
        let name = self.graph.states[state].name;
        self.out += &text_element("name", "middle", NAME, (x, y + NAME * BASE), name);
        for &(arrow, offset) in &shape.loops {
            self.self_arrow(arrow, (x + half, y + offset));
        }
    }

    /// An arrow from a state to itself, at the right side of its box.
    fn self_arrow(&mut self, arrow: usize, (x, y): (f64, f64)) {
        let out = LOOP_WIDTH - 4.0;
        let path = format!(
            "M{} {}C{} {} {} {} {} {}",
            num(x),
            num(y - 7.0),
            num(x + out),
            num(y - 15.0),
            num(x + out),
            num(y + 15.0),
            num(x + HEAD),
            num(y + 8.0),
        );
        self.path(&path, self.layers.arrows[arrow].is_time_out);
        self.head((x, y + 7.0), (x + HEAD, y + 8.0));
        self.label(arrow, "start", (x + LOOP_WIDTH, y));
    }

    fn label(&mut self, arrow: usize, anchor: &str, (x, y): (f64, f64)) {
        let lines = &self.layers.labels[arrow];
        for (index, line) in lines.iter().enumerate() {
            let from_middle = number(index) - (number(lines.len()) - 1.0) / 2.0;
            let y = y + from_middle * LINE + LABEL * BASE;
            self.out += &text_element("label", anchor, LABEL, (x, y), line);
        }
    }

    /// An arrow runs straight through the layers and bends between them, where nothing else is. Its
    /// label interrupts it.
    fn chain(&mut self, chain: &Chain, port: (f64, f64)) {
        let points = points(&chain.nodes, port, &self.places.nodes);
        let last = chain.nodes.len() - 1;
        let mut path = String::new();
        for (place, (&node, &x)) in chain.nodes.iter().zip(&points).enumerate() {
            let band = self.places.bands[self.layers.nodes[node].layer];
            let half = self.layers.half(node);
            let (mut above, mut below) = (band.middle() - half, band.middle() + half);
            if place == 0 && chain.upward {
                self.head((x, below), (x, below + HEAD));
                below += HEAD;
            }
            if place == last && !chain.upward {
                self.head((x, above), (x, above - HEAD));
                above -= HEAD;
            }
            if place > 0 {
                let before = self.layers.nodes[chain.nodes[place - 1]].layer;
                let from = (points[place - 1], self.places.bands[before].outer_bottom);
                bend(&mut path, from, (x, band.outer_top));
                let _ = write!(path, "V{}", num(above));
            }
            if place < last {
                if place == 0 || half > 0.0 {
                    let _ = write!(path, "M{} {}", num(x), num(below));
                }
                let _ = write!(path, "V{}", num(band.outer_bottom));
            }
        }
        self.path(&path, chain.is_time_out);
    }

    fn path(&mut self, path: &str, is_dashed: bool) {
        let dash = if is_dashed { " stroke-dasharray=\"5 4\"" } else { "" };
        let _ = writeln!(
            self.out,
            "<path class=\"arrow\" d=\"{path}\" fill=\"none\" stroke=\"currentColor\" \
             stroke-width=\"1.2\"{dash}/>"
        );
    }

    /// The head of an arrow, from its tip to the middle of its back.
    fn head(&mut self, tip: (f64, f64), back: (f64, f64)) {
        let (along, across) = ((back.0 - tip.0) / HEAD, (back.1 - tip.1) / HEAD);
        let side = |sign: f64| {
            let (x, y) = (back.0 - sign * across * HEAD_HALF, back.1 + sign * along * HEAD_HALF);
            format!("{} {}", num(x), num(y))
        };
        let _ = writeln!(
            self.out,
            "<path class=\"head\" d=\"M{} {}L{}L{}Z\" fill=\"currentColor\"/>",
            num(tip.0),
            num(tip.1),
            side(1.0),
            side(-1.0)
        );
    }
}

/// From the end of one layer to the beginning of the next.
fn bend(path: &mut String, from: (f64, f64), to: (f64, f64)) {
    if (from.0 - to.0).abs() < 0.5 {
        let _ = write!(path, "V{}", num(to.1));
        return;
    }
    let middle = f64::midpoint(from.1, to.1);
    let _ = write!(
        path,
        "C{} {} {} {} {} {}",
        num(from.0),
        num(middle),
        num(to.0),
        num(middle),
        num(to.0),
        num(to.1)
    );
}
