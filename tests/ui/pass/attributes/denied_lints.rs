//! A crate that denies what can be denied accepts the expansion.
#![deny(
    missing_docs,
    unused_qualifications,
    clippy::pedantic,
    warnings,
    nonstandard_style,
    rust_2018_idioms,
    unused,
    missing_copy_implementations,
    missing_debug_implementations,
    let_underscore_drop,
    redundant_imports,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unreachable_pub,
    unsafe_code,
    unused_import_braces,
    unused_lifetimes,
    unused_macro_rules,
    unused_results,
    variant_size_differences
)]
#![forbid(unsafe_code)]

use std::fmt;

use genserver_runtime::prelude::*;

/// A counter.
#[derive(Debug)]
pub struct Counter<T> {
    value: T,
}

#[genserver(
    name = "counter",
    mailbox = 8,
    call_timeout = "1s",
    shutdown = "1s",
    hibernate_after = "60s",
    passivate = "60s"
)]
impl<T: Clone + fmt::Debug + Send + Sync + 'static> Counter<T> {
    /// Starts.
    ///
    /// # Errors
    ///
    /// Without a name.
    #[init]
    pub async fn new(cx: &mut Cx<Self>, value: T) -> Result<Self, fmt::Error> {
        tokio::task::yield_now().await;
        if cx.name().is_none() { Err(fmt::Error) } else { Ok(Self { value }) }
    }

    /// The value.
    #[call]
    pub fn get(&self) -> T {
        self.value.clone()
    }

    /// Its text.
    ///
    /// # Errors
    ///
    /// None so far.
    #[call(timeout = "1s", skip_abandoned)]
    pub async fn text(&self, #[into] before: String) -> Result<String, fmt::Error> {
        tokio::task::yield_now().await;
        Ok(format!("{before}{:?}", self.value))
    }

    /// Its text, later.
    #[call]
    pub fn later(&self, reply: ReplyTo<String>) {
        drop(reply.reply(format!("{:?}", self.value)));
    }

    /// Its text, from the blocking pool.
    #[call(blocking)]
    pub fn heavy(&self) -> String {
        format!("{:?}", self.value)
    }

    /// Sets the value.
    ///
    /// # Errors
    ///
    /// None so far.
    #[cast]
    pub fn set(&mut self, (value, _): (T, u8)) -> Result<(), Crash> {
        self.value = value;
        Ok(())
    }

    /// Sets the value.
    #[cast(unbounded)]
    pub fn post(&mut self, value: T) {
        self.value = value;
    }

    #[info]
    fn told(&mut self, value: Option<T>) {
        if let Some(value) = value {
            self.value = value;
        }
    }

    #[continued]
    fn go_on(&mut self, (value,): (T,)) {
        self.value = value;
    }

    #[idle("60s")]
    async fn rest(&mut self, cx: &mut Cx<Self>) {
        cx.stop(ExitReason::Normal);
    }

    #[every("5s", missed = delay)]
    fn beat(&self) {}

    #[hibernate]
    fn shrink(&mut self) {}

    #[format_state]
    fn show(&self) -> &T {
        &self.value
    }

    #[terminate]
    fn close(&mut self, _: &ExitReason) {}
}

/// A door.
#[derive(Clone, Copy, Debug)]
pub struct Door;
/// Open.
#[derive(Clone, Copy, Debug)]
pub struct Open;
/// Closed.
#[derive(Clone, Copy, Debug)]
pub struct Closed;
/// Locked.
#[derive(Clone, Copy, Debug)]
pub struct Locked;
/// Gone.
#[derive(Clone, Copy, Debug)]
pub struct Gone;

#[genserver(states(Open: initial, Shut { Closed, Locked }, Gone: terminal), derive(Clone, Copy, Debug))]
impl Door {
    /// Installs a door.
    #[init]
    #[must_use]
    pub fn install() -> (Self, Open) {
        (Self, Open)
    }

    /// Shuts it.
    ///
    /// # Errors
    ///
    /// None so far.
    #[call(Open => Closed | Locked)]
    pub fn shut(&self, st: &Open, lock: bool) -> Result<Next<bool>, fmt::Error> {
        Ok(if lock { st.goto(|_| Locked).reply(true) } else { st.goto(|_| Closed).reply(false) })
    }

    /// Removes it.
    #[cast(Shut => Gone, priority = high)]
    pub fn remove(&self) {}

    #[idle("60s", Shut => Gone)]
    fn rot(&self) {}

    #[every("60s", Open => Closed)]
    fn shut_itself(&self, st: &Open) -> Next {
        st.goto(|_| Closed)
    }
}

/// Runs both.
///
/// # Panics
///
/// When a server does not do what it should.
#[tokio::main(flavor = "current_thread")]
pub async fn main() {
    let counter = Counter::start("a").await.unwrap();
    assert_eq!(counter.text("b").await.unwrap(), "b\"a\"");
    counter.set(("c", 0)).await.unwrap();
    assert_eq!(counter.get().await.unwrap(), "c");
    let door = Door::start().await.unwrap();
    assert!(door.shut(true).await.unwrap());
    door.remove().await.unwrap();
    assert_eq!(door.state().await.unwrap(), DoorStateName::Gone);
}
