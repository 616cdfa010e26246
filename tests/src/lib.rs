//! The workspace's tests; and servers of a library, for tests of what a crate sees of another's.

pub mod servers;
