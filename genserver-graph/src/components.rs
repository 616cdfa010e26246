//! The strongly connected components of a graph: sets of states that all reach one another.

use crate::adjacency::Adjacency;

/// A largest set of states each of which can be reached from each other.
#[derive(Debug)]
pub(crate) struct Component {
    /// The states, in declaration order; never empty.
    pub(crate) states: Vec<usize>,
    /// No edge enters the component from outside.
    pub(crate) is_source: bool,
    /// No edge leaves the component.
    pub(crate) is_sink: bool,
}

/// All components, ordered by their first state.
pub(crate) fn components(adjacency: &Adjacency) -> Vec<Component> {
    let of = Search::run(adjacency);
    let mut components: Vec<Component> = Vec::new();
    // The search numbers components as it completes them; number them anew by their first state.
    let mut place = vec![None; adjacency.states()];
    for (state, &number) in of.iter().enumerate() {
        let at = *place[number].get_or_insert_with(|| {
            components.push(Component { states: Vec::new(), is_source: true, is_sink: true });
            components.len() - 1
        });
        components[at].states.push(state);
    }
    for (state, &number) in of.iter().enumerate() {
        for hop in adjacency.hops(state).iter().filter(|hop| of[hop.to] != number) {
            let [left, entered] = [number, of[hop.to]]
                .map(|number| place[number].expect("invariant: every component has a state"));
            components[left].is_sink = false;
            components[entered].is_source = false;
        }
    }
    components
}

/// Tarjan's algorithm with a stack of its own, so that a long chain of states cannot overflow the
/// stack of the compiler.
struct Search<'a> {
    adjacency: &'a Adjacency,
    /// When a state was entered, counted from 0.
    entered: Vec<Option<usize>>,
    /// The earliest entered state of the same component that is known to be reachable.
    lowest: Vec<usize>,
    /// The number of a state's component, once that is complete.
    component: Vec<Option<usize>>,
    /// States entered whose component is not complete.
    open: Vec<usize>,
    /// The path from the root to the present state, each with its next hop.
    calls: Vec<(usize, usize)>,
    entries: usize,
    completed: usize,
}

impl<'a> Search<'a> {
    /// The number of the component of each state.
    fn run(adjacency: &'a Adjacency) -> Vec<usize> {
        let states = adjacency.states();
        let mut search = Self {
            adjacency,
            entered: vec![None; states],
            lowest: vec![0; states],
            component: vec![None; states],
            open: Vec::new(),
            calls: Vec::new(),
            entries: 0,
            completed: 0,
        };
        for state in 0..states {
            if search.entered[state].is_none() {
                search.enter(state);
                search.drain();
            }
        }
        search
            .component
            .into_iter()
            .map(|number| number.expect("invariant: every state was entered and left"))
            .collect()
    }

    fn enter(&mut self, state: usize) {
        self.entered[state] = Some(self.entries);
        self.lowest[state] = self.entries;
        self.entries += 1;
        self.open.push(state);
        self.calls.push((state, 0));
    }

    fn drain(&mut self) {
        while let Some((state, next)) = self.calls.last_mut() {
            let state = *state;
            let Some(hop) = self.adjacency.hops(state).get(*next) else {
                self.leave(state);
                continue;
            };
            *next += 1;
            match self.entered[hop.to] {
                None => self.enter(hop.to),
                Some(entered) if self.component[hop.to].is_none() => {
                    self.lowest[state] = self.lowest[state].min(entered);
                }
                Some(_) => {}
            }
        }
    }

    fn leave(&mut self, state: usize) {
        self.calls.pop();
        if let Some(&(caller, _)) = self.calls.last() {
            self.lowest[caller] = self.lowest[caller].min(self.lowest[state]);
        }
        if Some(self.lowest[state]) == self.entered[state] {
            self.complete(state);
        }
    }

    /// Closes the component whose first entered state is `root`.
    fn complete(&mut self, root: usize) {
        while let Some(state) = self.open.pop() {
            self.component[state] = Some(self.completed);
            if state == root {
                break;
            }
        }
        self.completed += 1;
    }
}
