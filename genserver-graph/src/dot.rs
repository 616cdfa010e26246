//! The drawing as a graphviz digraph.

use std::borrow::Cow;

use crate::{
    Graph,
    diagram::{Ids, Item, Lines, Outline, arrows},
};

/// The node before the initial state; no state has this identifier, as it is not a plain name.
const START: &str = "[*]";

impl Graph<'_> {
    /// Draws the graph in the dot language of graphviz.
    ///
    /// A point leads to the initial state, groups become clusters, and terminal states have a
    /// double border. Edges between the same two states share one arrow that lists their labels,
    /// time-outs another one, which is dashed. Everything is in declaration order, quoted and
    /// escaped. Groups without states are left out.
    ///
    /// # Panics
    ///
    /// If the graph is malformed, see [`Graph`].
    ///
    /// # Example
    ///
    /// ```
    /// use genserver_graph::{Edge, Graph, State, Trigger};
    ///
    /// let fuse = Graph {
    ///     name: "Fuse",
    ///     initial: 0,
    ///     states: &[
    ///         State { name: "Whole", group: None, terminal: false },
    ///         State { name: "Blown", group: None, terminal: true },
    ///     ],
    ///     groups: &[],
    ///     edges: &[Edge { from: 0, to: 1, label: "blow", trigger: Trigger::Call }],
    /// };
    /// assert_eq!(
    ///     fuse.to_dot(),
    ///     r#"digraph "Fuse" {
    ///     node [shape=box, style=rounded]
    ///     "[*]" [shape=point]
    ///     "Whole"
    ///     "Blown" [peripheries=2]
    ///     "[*]" -> "Whole"
    ///     "Whole" -> "Blown" [label="blow"]
    /// }
    /// "#
    /// );
    /// ```
    #[must_use]
    pub fn to_dot(&self) -> String {
        self.assert_indices();
        // Every identifier is quoted, and a quoted one is never a keyword.
        let ids = Ids::new(self, &[]);
        let outline = Outline::new(self);
        let mut text = Text { graph: self, ids, outline, lines: Lines::default() };
        text.write();
        text.lines.into_text()
    }
}

/// The text of one digraph while it is written.
struct Text<'a> {
    graph: &'a Graph<'a>,
    ids: Ids<'a>,
    outline: Outline,
    lines: Lines,
}

impl Text<'_> {
    fn write(&mut self) {
        self.lines.push(0, &format!("digraph {} {{", quote(self.graph.name)));
        self.lines.push(1, "node [shape=box, style=rounded]");
        let initial = self.ids.states.get(self.graph.initial).map(|id| quote(id));
        if initial.is_some() {
            self.lines.push(1, &format!("{} [shape=point]", quote(START)));
        }
        for item in self.outline.top.clone() {
            self.write_item(item, 1);
        }
        if let Some(initial) = initial {
            self.lines.push(1, &format!("{} -> {initial}", quote(START)));
        }
        self.write_arrows();
        self.lines.push(0, "}");
    }

    fn write_item(&mut self, item: Item, depth: usize) {
        match item {
            Item::State(state) => self.write_state(state, depth),
            Item::Group(group) => {
                let cluster = format!("cluster_{}", self.ids.groups[group]);
                self.lines.push(depth, &format!("subgraph {} {{", quote(&cluster)));
                let label = quote(self.graph.groups[group].name);
                self.lines.push(depth + 1, &format!("label={label}"));
                for item in self.outline.groups[group].clone() {
                    self.write_item(item, depth + 1);
                }
                self.lines.push(depth, "}");
            }
        }
    }

    fn write_state(&mut self, state: usize, depth: usize) {
        let id = &self.ids.states[state];
        let mut attributes = Vec::new();
        if let Cow::Owned(_) = id {
            attributes.push(format!("label={}", quote(self.graph.states[state].name)));
        }
        if self.graph.states[state].terminal {
            attributes.push("peripheries=2".to_owned());
        }
        let mut line = quote(id);
        if !attributes.is_empty() {
            line = format!("{line} [{}]", attributes.join(", "));
        }
        self.lines.push(depth, &line);
    }

    fn write_arrows(&mut self) {
        for arrow in arrows(self.graph) {
            let [from, to] = [arrow.from, arrow.to].map(|state| quote(&self.ids.states[state]));
            let mut attributes = Vec::new();
            if !arrow.labels.is_empty() {
                attributes.push(format!("label=\"{}\"", arrow.label(escape)));
            }
            if arrow.is_time_out {
                attributes.push("style=dashed".to_owned());
            }
            let mut line = format!("{from} -> {to}");
            if !attributes.is_empty() {
                line = format!("{line} [{}]", attributes.join(", "));
            }
            self.lines.push(1, &line);
        }
    }
}

fn quote(text: &str) -> String {
    format!("\"{}\"", escape(text))
}

/// Escapes what ends a string or means something in a label: graphviz knows escapes such as `\N`
/// and HTML entities there. Control characters, which a C string may not survive, become spaces.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out += "\\\"",
            '\\' => out += "\\\\",
            '&' => out += "&amp;",
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
