//! The conformance tests: what OTP's `gen_server` does, row by row, and the rules of this
//! runtime. `docs/conformance.md` holds the table of rows.

mod blocking;
mod call;
mod cast;
mod deadlock;
mod events;
mod info;
mod inherit;
mod kill;
mod late;
mod life;
mod machine;
mod machine_step;
mod mailbox;
mod name;
mod page;
mod panics;
mod pending;
mod reply;
mod report;
mod runtime_end;
mod sequence;
mod servers;
mod spans;
mod start;
mod state;
mod statistics;
mod status;
mod stop;
mod support;
mod suspend;
mod suspended_time;
mod tally;
mod terminate;
mod timeout;
mod trace;
