//! The data: states, groups and edges.

/// The state graph of one machine.
///
/// All fields are public and borrowed, so that a graph can be written as a literal in a `const`.
/// States, groups and edges are named by their index in the slices; the order of the slices is the
/// order of declaration, which every result and every drawing keeps.
///
/// # Panics
///
/// The methods panic if the graph itself is malformed: an index in `initial`, in a [`State`], in a
/// [`Group`] or in an [`Edge`] that names nothing. `initial` is not looked at while there are no
/// states. A state passed as an *argument* may be out of range; it has no edges and reaches
/// nothing.
///
/// # Example
///
/// ```
/// use genserver_graph::{Edge, Graph, State, Trigger};
///
/// const LAMP: Graph<'static> = Graph {
///     name: "Lamp",
///     initial: 0,
///     states: &[
///         State { name: "Off", group: None, terminal: false },
///         State { name: "On", group: None, terminal: false },
///     ],
///     groups: &[],
///     edges: &[
///         Edge { from: 0, to: 1, label: "toggle", trigger: Trigger::Call },
///         Edge { from: 1, to: 0, label: "toggle", trigger: Trigger::Call },
///     ],
/// };
/// assert_eq!(LAMP.states[LAMP.initial].name, "Off");
/// assert!(LAMP.check().is_empty());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Graph<'a> {
    /// The name of the machine.
    pub name: &'a str,
    /// The state in which the machine starts, as an index into `states`.
    pub initial: usize,
    /// The states, in the order of their declaration.
    pub states: &'a [State<'a>],
    /// The groups of states, in the order of their declaration.
    pub groups: &'a [Group<'a>],
    /// The transitions, in the order of their declaration. Parallel and self edges are allowed.
    pub edges: &'a [Edge<'a>],
}

/// A state of a machine.
///
/// ```
/// use genserver_graph::State;
///
/// let rejected = State { name: "Rejected", group: None, terminal: true };
/// assert!(rejected.terminal);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State<'a> {
    /// The name of the state.
    pub name: &'a str,
    /// The innermost group that the state belongs to, as an index into [`Graph::groups`].
    pub group: Option<usize>,
    /// Whether the machine is meant to end in this state.
    pub terminal: bool,
}

/// A named group of states; groups may nest.
///
/// Parents and children may be declared in any order. Groups whose parents form a circle stand
/// nowhere, so the drawings leave them out.
///
/// ```
/// use genserver_graph::Group;
///
/// let groups = [
///     Group { name: "Active", parent: None },
///     Group { name: "Late", parent: Some(0) },
/// ];
/// assert_eq!(groups[1].parent.map(|g| groups[g].name), Some("Active"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group<'a> {
    /// The name of the group.
    pub name: &'a str,
    /// The group around this one, as an index into [`Graph::groups`].
    pub parent: Option<usize>,
}

/// A transition between two states.
///
/// ```
/// use genserver_graph::{Edge, Trigger};
///
/// let approve = Edge { from: 0, to: 1, label: "approve", trigger: Trigger::Call };
/// assert_eq!(approve.label, "approve");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge<'a> {
    /// The state that the transition leaves, as an index into [`Graph::states`].
    pub from: usize,
    /// The state that the transition enters, as an index into [`Graph::states`].
    pub to: usize,
    /// The message whose handler takes the transition; of a time-out when it comes, "after 30d".
    pub label: &'a str,
    /// What sets the transition off.
    pub trigger: Trigger,
}

/// What sets a transition off.
///
/// ```
/// use genserver_graph::{Edge, Trigger};
///
/// let expire = Edge { from: 0, to: 1, label: "after 30d", trigger: Trigger::TimeOut };
/// assert_ne!(expire.trigger, Trigger::Call);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Trigger {
    /// A client's request that is answered.
    Call,
    /// A client's request that nobody answers.
    Cast,
    /// What the server gets otherwise: an info, what it continues with, its idleness, its ticks.
    Event,
    /// The state has lasted for so long.
    TimeOut,
}

impl<'a> Graph<'a> {
    /// The index of the state of this name, the first one if there are several.
    ///
    /// # Example
    ///
    /// ```
    /// # use genserver_graph::{Graph, State};
    /// # const LAMP: Graph<'static> = Graph {
    /// #     name: "Lamp",
    /// #     initial: 0,
    /// #     states: &[
    /// #         State { name: "Off", group: None, terminal: false },
    /// #         State { name: "On", group: None, terminal: false },
    /// #     ],
    /// #     groups: &[],
    /// #     edges: &[],
    /// # };
    /// assert_eq!(LAMP.state("On"), Some(1));
    /// assert_eq!(LAMP.state("Dimmed"), None);
    /// ```
    #[must_use]
    pub fn state(&self, name: &str) -> Option<usize> {
        self.states.iter().position(|state| state.name == name)
    }

    /// The edges that leave a state, in the order of their declaration.
    ///
    /// # Example
    ///
    /// ```
    /// # use genserver_graph::{Edge, Graph, State, Trigger};
    /// # const LAMP: Graph<'static> = Graph {
    /// #     name: "Lamp",
    /// #     initial: 0,
    /// #     states: &[
    /// #         State { name: "Off", group: None, terminal: false },
    /// #         State { name: "On", group: None, terminal: false },
    /// #     ],
    /// #     groups: &[],
    /// #     edges: &[
    /// #         Edge { from: 0, to: 1, label: "toggle", trigger: Trigger::Call },
    /// #         Edge { from: 1, to: 0, label: "toggle", trigger: Trigger::Call },
    /// #         Edge { from: 1, to: 1, label: "brighten", trigger: Trigger::Call },
    /// #     ],
    /// # };
    /// let labels: Vec<_> = LAMP.edges_from(1).map(|edge| edge.label).collect();
    /// assert_eq!(labels, ["toggle", "brighten"]);
    /// ```
    pub fn edges_from(&self, state: usize) -> impl Iterator<Item = &'a Edge<'a>> + use<'a> {
        self.edges.iter().filter(move |edge| edge.from == state)
    }

    /// Panics, naming the culprit, if an index in the graph names nothing.
    pub(crate) fn assert_indices(&self) {
        let Self { name, initial, states, groups, edges } = self;
        assert!(
            states.is_empty() || *initial < states.len(),
            "graph `{name}`: the initial state {initial} is out of range"
        );
        for (index, state) in states.iter().enumerate() {
            assert!(
                state.group.is_none_or(|group| group < groups.len()),
                "graph `{name}`: the group of state {index} is out of range"
            );
        }
        for (index, group) in groups.iter().enumerate() {
            assert!(
                group.parent.is_none_or(|parent| parent < groups.len()),
                "graph `{name}`: the parent of group {index} is out of range"
            );
        }
        for (index, edge) in edges.iter().enumerate() {
            assert!(
                edge.from < states.len() && edge.to < states.len(),
                "graph `{name}`: a state of edge {index} is out of range"
            );
        }
    }
}
