//! Data in, data out: graphs are sketched in a line of text.

mod dot;
mod finding;
mod mermaid;
mod murabaha;
mod oracle;
mod path;
#[cfg(feature = "svg")]
mod svg;

use crate::{Edge, Graph, State, Trigger};

/// A graph written as text: states by name, a terminal one with `!`, the first one initial; edges
/// as `from>to:label`, or `from>to`, whose label is `go`.
struct Sketch<'a> {
    states: Vec<State<'a>>,
    edges: Vec<Edge<'a>>,
}

impl<'a> Sketch<'a> {
    fn new(states: &'a str, edges: &'a str) -> Self {
        let states: Vec<State<'_>> = states
            .split_whitespace()
            .map(|word| State {
                name: word.trim_end_matches('!'),
                group: None,
                terminal: word.ends_with('!'),
            })
            .collect();
        let index = |name| states.iter().position(|state| state.name == name).expect(name);
        let edges = edges
            .split_whitespace()
            .map(|word| {
                let (from, rest) = word.split_once('>').expect(word);
                let (to, label) = rest.split_once(':').unwrap_or((rest, "go"));
                Edge { from: index(from), to: index(to), label, trigger: Trigger::Call }
            })
            .collect();
        Self { states, edges }
    }

    fn graph(&self) -> Graph<'_> {
        Graph { name: "Sketch", initial: 0, states: &self.states, groups: &[], edges: &self.edges }
    }
}
