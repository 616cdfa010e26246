//! Servers that look after each other, row by row of what OTP does, and beyond.

mod child;
mod strategy;
#[path = "../conformance/support.rs"]
#[allow(dead_code, reason = "the other tests use the rest of it")]
mod support;

mod callers;
mod crew;
mod keyed;
mod keyed_races;
mod keys;
mod links;
mod machines;
mod monitors;
mod parents;
mod registry;
mod registry_duplicate;
mod registry_listeners;
mod rooms;
mod tasks;
