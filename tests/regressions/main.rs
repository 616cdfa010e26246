//! One test for each mistake that was made once in the runtime.

mod blocked;
mod crates;
mod ending;
mod foreign;
mod machine;
mod mailbox;
mod parked;
mod runtime_gone;
mod servers;
mod shortcut;
mod support;
mod time;
mod upkeep;
mod waiting;
