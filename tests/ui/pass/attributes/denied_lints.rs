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

/// A lamp.
#[derive(Debug)]
pub struct Lamp<T> {
    journal: Vec<T>,
    patience: std::time::Duration,
}
/// Off.
#[derive(Clone, Copy, Debug)]
pub struct Off;
/// In the group `Lit`.
#[derive(Clone, Copy, Debug)]
pub struct Dim(u8);
/// In the group `Lit`.
#[derive(Clone, Copy, Debug)]
pub struct Bright;

#[genserver(states(Off: initial, Lit { Dim, Bright }), derive(Debug), otherwise = postpone)]
impl<T: From<String> + fmt::Debug + Send + Sync + 'static> Lamp<T> {
    /// Switches it on.
    #[call(Off => Dim)]
    pub fn switch_on(&self, st: &Off) -> Next {
        st.goto(|_| Dim(0))
    }

    /// Makes it bright.
    #[cast(Dim => Bright, otherwise = ignore)]
    pub fn more(&self) {}

    /// Switches it off.
    #[call(Lit => Off, otherwise = error)]
    pub fn switch_off(&self) {}

    /// How long it was.
    #[call]
    pub fn lines(&self) -> usize {
        self.journal.len()
    }

    #[info(Lit, otherwise = postpone(Off))]
    fn told(&mut self, line: String) {
        self.journal.push(line.into());
    }

    #[enter(Off)]
    fn rest(&self) {}

    #[enter(Dim)]
    fn glow(&mut self, st: &mut Dim, cx: &mut StateCx<Self>, t: &Transition) -> Enter {
        st.0 += 1;
        self.journal.push(format!("{t} of {:?}", cx.name()).into());
        if st.0 < 3 { Enter::Repeat } else { Enter::Done }
    }

    #[enter(Lit)]
    async fn warm(&mut self, st: &Lit) {
        tokio::task::yield_now().await;
        self.journal.push(format!("{st:?}").into());
    }

    #[exit(Lit)]
    async fn cool(&mut self, t: &Transition) {
        tokio::task::yield_now().await;
        self.journal.push(t.from.to_owned().into());
    }

    #[exit(Off)]
    fn wake(&mut self, cx: &mut StateCx<Self>) {
        drop(cx.spawn_in_state(async {}));
    }

    #[transition]
    fn save(&mut self, t: &Transition, now: &LampState) -> Result<(), fmt::Error> {
        let is_worn = matches!(now, LampState::Lit(Lit::Dim(Dim(200..))));
        if t.is_change() && !is_worn { Ok(()) } else { Err(fmt::Error) }
    }

    #[state_timeout(Lit, after = "60s" => Off)]
    fn save_energy(&self, st: &Lit) -> Next {
        st.goto(|_| Off)
    }

    #[state_timeout(Dim, until = Self::deadline => Bright)]
    async fn brighten(&mut self) {
        tokio::task::yield_now().await;
    }

    fn deadline(&self, st: &Dim) -> Option<tokio::time::Instant> {
        (st.0 > 9).then(|| tokio::time::Instant::now() + self.patience)
    }
}

/// Runs all.
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
    let lamp = Lamp { journal: Vec::<String>::new(), patience: std::time::Duration::ZERO };
    let lamp = Lamp::start(lamp, Off).await.unwrap();
    lamp.send_info("kept".to_owned()).await.unwrap();
    lamp.switch_on().await.unwrap();
    lamp.more().await.unwrap();
    lamp.switch_off().await.unwrap();
    assert_eq!(lamp.lines().await.unwrap(), 6);
}
