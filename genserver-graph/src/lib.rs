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
#[cfg(test)]
mod tests;

pub use finding::Finding;
pub use graph::{Edge, Graph, Group, State, Trigger};
