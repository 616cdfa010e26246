#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod adjacency;
mod components;
mod diagram;
mod dot;
mod finding;
mod graph;
mod mermaid;
mod path;
mod paths;
#[cfg(feature = "svg")]
mod svg;
#[cfg(test)]
mod tests;
mod walks;

pub use finding::Finding;
pub use graph::{Edge, Graph, Group, State, Trigger};
pub use paths::SimplePaths;
pub use walks::Walks;
