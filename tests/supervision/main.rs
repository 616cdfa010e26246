//! Servers that look after each other, row by row of what OTP does, and beyond.

mod beginnings;
mod brood;
mod by_hand;
mod child;
mod circles;
mod clients;
mod endings;
#[path = "../conformance/events.rs"]
#[allow(dead_code, reason = "the other tests use the rest of it")]
mod events;
mod follow;
mod gremlin;
mod hands;
mod intensity;
mod leftovers;
mod restart;
mod siblings;
mod significant;
mod storm;
mod strategy;
#[path = "../conformance/support.rs"]
#[allow(dead_code, reason = "the other tests use the rest of it")]
mod support;
mod told;

mod application;
mod callers;
mod crew;
mod dead_letters;
mod dynamic;
mod dynamic_end;
mod guest;
mod keyed;
mod keyed_edges;
mod keyed_races;
mod keys;
mod label;
mod links;
mod machines;
mod monitors;
mod parents;
mod partition;
mod races;
mod registry;
mod registry_duplicate;
mod registry_listeners;
mod rooms;
mod tasks;
mod ties;
