//! What the drawings have in common: identifiers, the nesting of groups, merged edges.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use crate::{Graph, Trigger};

/// The text of a drawing, line by line.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    text: String,
}

impl Lines {
    pub(crate) fn push(&mut self, depth: usize, line: &str) {
        self.text += &"    ".repeat(depth);
        self.text += line;
        self.text.push('\n');
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }
}

/// The identifiers of states and groups in the text of a diagram, no two of them equal.
///
/// A borrowed one is the name itself; an owned one is an alias, for a name that could break the
/// text or that was taken.
#[derive(Debug)]
pub(crate) struct Ids<'a> {
    pub(crate) states: Vec<Cow<'a, str>>,
    pub(crate) groups: Vec<Cow<'a, str>>,
}

impl<'a> Ids<'a> {
    /// Names everything in a graph; the names in `reserved` mean something else, in any case.
    pub(crate) fn new(graph: &Graph<'a>, reserved: &[&str]) -> Self {
        let mut taken = HashSet::new();
        let mut id = |name: &'a str, kind: &str, index: usize| {
            if is_plain(name, reserved) && taken.insert(name) {
                Cow::Borrowed(name)
            } else {
                Cow::Owned(format!("{kind}{index}"))
            }
        };
        let states = graph.states.iter().enumerate();
        let groups = graph.groups.iter().enumerate();
        Self {
            states: states.map(|(index, state)| id(state.name, STATE_ALIAS, index)).collect(),
            groups: groups.map(|(index, group)| id(group.name, GROUP_ALIAS, index)).collect(),
        }
    }
}

const STATE_ALIAS: &str = "state_";
const GROUP_ALIAS: &str = "group_";

/// Whether a name can stand for itself: an ASCII identifier that means nothing else and does not
/// look like an alias.
fn is_plain(name: &str, reserved: &[&str]) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with(STATE_ALIAS)
        && !name.starts_with(GROUP_ALIAS)
        && !reserved.iter().any(|word| word.eq_ignore_ascii_case(name))
}

/// Something that stands in a group, or at the top.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Item {
    State(usize),
    Group(usize),
}

/// Which states and groups stand where, ordered by their first state. Groups without a state are
/// left out.
#[derive(Debug)]
pub(crate) struct Outline {
    pub(crate) top: Vec<Item>,
    pub(crate) groups: Vec<Vec<Item>>,
}

impl Outline {
    pub(crate) fn new(graph: &Graph<'_>) -> Self {
        let mut outline = Self { top: Vec::new(), groups: vec![Vec::new(); graph.groups.len()] };
        for (index, state) in graph.states.iter().enumerate() {
            outline.place(graph, Item::State(index), state.group);
        }
        outline
    }

    /// Puts an item into a group, and the group into its parents where it has no place yet. A group
    /// has its place as soon as it has an item, so a circle of parents ends the loop as well.
    fn place(&mut self, graph: &Graph<'_>, mut item: Item, mut group: Option<usize>) {
        while let Some(index) = group {
            let items = &mut self.groups[index];
            let placed = !items.is_empty();
            items.push(item);
            if placed {
                return;
            }
            item = Item::Group(index);
            group = graph.groups[index].parent;
        }
        self.top.push(item);
    }
}

/// All edges from one state to another, drawn as one; time-outs have an arrow of their own.
#[derive(Debug)]
pub(crate) struct Arrow<'a> {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) is_time_out: bool,
    /// The distinct labels, in declaration order; empty ones are left out.
    pub(crate) labels: Vec<&'a str>,
}

/// The arrows of a graph, ordered by their first edge.
pub(crate) fn arrows<'a>(graph: &Graph<'a>) -> Vec<Arrow<'a>> {
    let mut arrows: Vec<Arrow<'a>> = Vec::new();
    let mut places = HashMap::new();
    let mut told = HashSet::new();
    for edge in graph.edges {
        let (from, to, is_time_out) = (edge.from, edge.to, edge.trigger == Trigger::TimeOut);
        let place = *places.entry((from, to, is_time_out)).or_insert_with(|| {
            arrows.push(Arrow { from, to, is_time_out, labels: Vec::new() });
            arrows.len() - 1
        });
        if !edge.label.is_empty() && told.insert((place, edge.label)) {
            arrows[place].labels.push(edge.label);
        }
    }
    arrows
}

impl Arrow<'_> {
    /// The labels as one text, each escaped by `escape`.
    pub(crate) fn label(&self, escape: impl Fn(&str) -> String) -> String {
        let labels: Vec<String> = self.labels.iter().map(|label| escape(label)).collect();
        labels.join(", ")
    }
}
