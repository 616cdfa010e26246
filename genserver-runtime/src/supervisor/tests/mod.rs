//! The plan by its rules, and against a model of it.

mod counting;
mod engine;
mod history;
mod model;
mod notation;
mod property;
mod rules;
