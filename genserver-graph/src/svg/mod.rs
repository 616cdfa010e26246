//! The drawing as an SVG: layers of states from top to bottom, frames around groups.
//!
//! `layers` gives every state a layer and every label a place of its own in one; `order` sorts the
//! layers; `place` gives coordinates; `draw` writes.

mod across;
mod blocks;
mod draw;
mod layers;
mod order;
mod place;
mod text;

use crate::Graph;
use crate::svg::layers::Layers;
use crate::svg::place::Places;

impl Graph<'_> {
    /// Draws the graph as an SVG.
    ///
    /// It runs from top to bottom: a point leads to the initial state, terminal states have a double
    /// border, groups are frames with their name, time-outs are dashed. Edges between the same two
    /// states share one arrow that lists their labels, time-outs another one. No label lies over a
    /// box or over another label, and none leaves the picture. Groups without states are left out.
    ///
    /// The picture has no script, no font of its own, no ids and no blank lines, so that any number
    /// of them can stand in one page. In a page of rustdoc it takes the colours of the theme, in
    /// another one those of the text around it, and alone those of the system. The same graph gives
    /// the same picture everywhere.
    ///
    /// A graph of more than 100 states or 200 arrows could be drawn, not read: instead, the picture
    /// holds the text of [`Graph::to_mermaid`].
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
    /// let svg = fuse.to_svg();
    /// assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    /// assert!(svg.contains(">Blown</text>"));
    /// ```
    #[must_use]
    pub fn to_svg(&self) -> String {
        self.assert_indices();
        match Layers::new(self) {
            Some(layers) => draw::picture(self, &layers, &Places::new(&layers)),
            None => draw::source(self),
        }
    }
}
