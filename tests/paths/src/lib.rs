//! The paths that are guarded against decay. Each is an operation that programs make over and over, and one is
//! there to compare with; what an operation costs is the difference between many of them and few, so that the way
//! there costs nothing.
//!
//! `tests/instructions` and `tests/memory/operations.rs` say what each may cost. The program of this package
//! walks one path, for them and for whoever looks where the instructions go:
//!
//! ```sh
//! cargo build --profile paths -p paths
//! valgrind --tool=callgrind target/paths/paths call 2000
//! ```

mod by_hand;
mod life;
mod lookups;
mod machine;
mod messages;

use std::pin::Pin;

use tokio::runtime::Builder;

/// An operation that is made over and over.
pub struct Path {
    /// What it is called.
    pub name: &'static str,
    /// What is done each time.
    pub operation: &'static str,
    walk: fn(u64) -> Walk,
}

type Walk = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A path whose operation is an `async fn` that makes it so many times.
macro_rules! path {
    ($module:ident::$name:ident, $operation:literal) => {
        Path {
            name: stringify!($name),
            operation: $operation,
            walk: |times| Box::pin($module::$name(times)),
        }
    };
}

/// All of them. No constant: its functions would be compiled again where it is used.
pub static PATHS: [Path; 19] = [
    path!(messages::call, "a call of a `fn` handler, run inline"),
    path!(messages::async_call, "a call of an `async fn` handler, run inline"),
    path!(messages::nested_call, "a call whose handler calls another server, both inline"),
    path!(messages::queued_call, "a call by `.send()`, and its reply awaited apart"),
    path!(messages::mailbox_call, "a call of a server with `inline = false`"),
    path!(messages::untimed_call, "the same without a time-out"),
    path!(
        by_hand::hand_written_call,
        "a call of a hand-written actor, to compare `untimed_call` with"
    ),
    path!(messages::cast_burst, "20 casts, and the call behind them"),
    path!(messages::info_burst, "20 messages to an `#[info]`, and the call behind them"),
    path!(messages::timer, "a `send_after` of no time, and what it sends"),
    path!(lookups::name_kept_call, "a call by a name, inline"),
    path!(lookups::named_call, "the same, through a client that is made for it"),
    path!(lookups::registry_call, "a look-up in a `Registry`, and a call, inline"),
    path!(lookups::keyed_call, "a call by a key of a `Keyed`, inline"),
    path!(machine::transition, "two transitions that move data, there and back"),
    path!(machine::transition_with, "the same, the first one with a capture in its closure"),
    path!(life::start_call_stop, "a server that is started, called and stopped"),
    path!(life::child, "the same under a `DynamicSupervisor`"),
    path!(life::restart, "a child's failure, its restart, and its successor's reply"),
];

impl Path {
    /// The path of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        PATHS.iter().find(|path| path.name == name)
    }

    /// Makes the operation so many times, in a task of a runtime of its own, on this thread alone.
    ///
    /// # Panics
    ///
    /// When the operation does not do what it should.
    pub fn walk(&self, times: u64) {
        let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
        // In a task, as the calls of a program are.
        let task = runtime.spawn((self.walk)(times));
        runtime.block_on(task).expect("the path can be walked");
    }
}
