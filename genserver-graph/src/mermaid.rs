//! The drawing as a mermaid `stateDiagram-v2`.

use std::borrow::Cow;

use crate::{
    Graph,
    diagram::{Ids, Item, Lines, Outline, arrows},
};

/// Words that mermaid's grammar or its internals give a meaning where an identifier may stand.
const RESERVED: &[&str] = &[
    "accDescr",
    "accTitle",
    "as",
    "choice",
    "class",
    "classDef",
    "click",
    "constructor",
    "default",
    "direction",
    "end",
    "fork",
    "hide",
    "href",
    "join",
    "note",
    "prototype",
    "root",
    "root_end",
    "root_start",
    "scale",
    "state",
    "stateDiagram",
    "style",
];

impl Graph<'_> {
    /// Draws the graph as a mermaid `stateDiagram-v2`.
    ///
    /// Groups become composite states and terminal states lead to `[*]`. Edges between the same two
    /// states share one arrow that lists their labels, time-outs another one. Everything is in
    /// declaration order. A name that mermaid could misunderstand gets an alias, a label its entity
    /// codes (`#58;` for a colon), so that no text can break the diagram. Groups without states are
    /// left out.
    ///
    /// # Panics
    ///
    /// If the graph is malformed, see [`Graph`].
    ///
    /// # Example
    ///
    /// ```
    /// use genserver_graph::{Edge, Graph, Group, State, Trigger};
    ///
    /// let call = Graph {
    ///     name: "Call",
    ///     initial: 0,
    ///     states: &[
    ///         State { name: "Ringing", group: None, terminal: false },
    ///         State { name: "Talking", group: Some(0), terminal: false },
    ///         State { name: "Held", group: Some(0), terminal: false },
    ///         State { name: "Over", group: None, terminal: true },
    ///     ],
    ///     groups: &[Group { name: "Connected", parent: None }],
    ///     edges: &[
    ///         Edge { from: 0, to: 1, label: "answer", trigger: Trigger::Call },
    ///         Edge { from: 1, to: 2, label: "hold", trigger: Trigger::Call },
    ///         Edge { from: 2, to: 1, label: "resume", trigger: Trigger::Call },
    ///         Edge { from: 1, to: 3, label: "hang_up", trigger: Trigger::Call },
    ///         Edge { from: 1, to: 3, label: "line_lost", trigger: Trigger::Call },
    ///     ],
    /// };
    /// assert_eq!(
    ///     call.to_mermaid(),
    ///     "\
    /// stateDiagram-v2
    ///     [*] --> Ringing
    ///     state Connected {
    ///         Talking
    ///         Held
    ///     }
    ///     Ringing --> Talking: answer
    ///     Talking --> Held: hold
    ///     Held --> Talking: resume
    ///     Talking --> Over: hang_up, line_lost
    ///     Over --> [*]
    /// "
    /// );
    /// ```
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        self.assert_indices();
        let ids = Ids::new(self, RESERVED);
        let outline = Outline::new(self);
        let mut text = Text { graph: self, ids, outline, lines: Lines::default() };
        text.write();
        text.lines.into_text()
    }
}

/// The text of one diagram while it is written.
struct Text<'a> {
    graph: &'a Graph<'a>,
    ids: Ids<'a>,
    outline: Outline,
    lines: Lines,
}

impl Text<'_> {
    fn write(&mut self) {
        self.lines.push(0, "stateDiagram-v2");
        if let Some(initial) = self.ids.states.get(self.graph.initial) {
            self.lines.push(1, &format!("[*] --> {initial}"));
        }
        self.write_top();
        self.write_arrows();
        for (index, state) in self.graph.states.iter().enumerate() {
            if state.terminal {
                self.lines.push(1, &format!("{} --> [*]", self.ids.states[index]));
            }
        }
    }

    /// Declares what stands at the top. An arrow declares its states, so that a state with a plain
    /// name needs a line of its own only if no arrow mentions it.
    fn write_top(&mut self) {
        let states = self.graph.states;
        let mut mentioned: Vec<bool> = states.iter().map(|state| state.terminal).collect();
        for state in self.graph.edges.iter().flat_map(|edge| [edge.from, edge.to]) {
            mentioned[state] = true;
        }
        if let Some(initial) = mentioned.get_mut(self.graph.initial) {
            *initial = true;
        }
        for item in self.outline.top.clone() {
            match item {
                Item::State(state) if mentioned[state] && !self.is_alias(state) => {}
                item => self.write_item(item, 1),
            }
        }
    }

    fn write_item(&mut self, item: Item, depth: usize) {
        match item {
            Item::State(state) => {
                let line = match &self.ids.states[state] {
                    Cow::Borrowed(name) => (*name).to_owned(),
                    Cow::Owned(alias) => declaration(self.graph.states[state].name, alias),
                };
                self.lines.push(depth, &line);
            }
            Item::Group(group) => {
                let head = match &self.ids.groups[group] {
                    Cow::Borrowed(name) => declaration("", name),
                    Cow::Owned(alias) => declaration(self.graph.groups[group].name, alias),
                };
                self.lines.push(depth, &format!("{head} {{"));
                for item in self.outline.groups[group].clone() {
                    self.write_item(item, depth + 1);
                }
                self.lines.push(depth, "}");
            }
        }
    }

    fn write_arrows(&mut self) {
        for arrow in arrows(self.graph) {
            let ids = &self.ids.states;
            let mut line = format!("{} --> {}", ids[arrow.from], ids[arrow.to]);
            if !arrow.labels.is_empty() {
                line += ": ";
                line += &arrow.label(escape);
            }
            self.lines.push(1, &line);
        }
    }

    fn is_alias(&self, state: usize) -> bool {
        matches!(self.ids.states[state], Cow::Owned(_))
    }
}

/// Declares an identifier that is shown as `name`, if there is one: mermaid does not parse `""`.
fn declaration(name: &str, id: &str) -> String {
    if name.is_empty() {
        return format!("state {id}");
    }
    format!("state \"{}\" as {id}", escape(name))
}

/// Writes all but letters, digits, `_` and spaces as entity codes, and white space as spaces.
///
/// The grammar looks for `direction TB` before anything else and anywhere in a line, so a space
/// after that word is a code as well.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            out += if ends_in_direction(&out) { "#32;" } else { " " };
        } else if c.is_alphanumeric() || c == '_' {
            out.push(c);
        } else {
            out += "#";
            out += &u32::from(c).to_string();
            out += ";";
        }
    }
    out
}

fn ends_in_direction(text: &str) -> bool {
    const WORD: &str = "direction";
    let tail = text.len().checked_sub(WORD.len()).and_then(|start| text.get(start..));
    tail.is_some_and(|tail| tail.eq_ignore_ascii_case(WORD))
}
