//! The state of a live server: read, replaced, shown as text.

use std::fmt::{self, Debug};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{Client, FormatError, Phase, ReplaceError};

use crate::servers::probe;
use crate::support::{deadlocked, exited, not_running, settle, timed_out};
use crate::tally::{Door, DoorState, Open, Shut, Tally, TallyClient, busy_tally};

async fn tally(value: i64) -> TallyClient {
    Tally::start(Tally { value }).await.expect("it starts")
}

#[tokio::test(start_paused = true)]
async fn sys_5_the_state_by_handle_name_key_and_weak_client() {
    let keys: Registry<u8, TallyClient> = Registry::new();
    let start = Tally::start(Tally { value: 5 }).name("read").key(&keys, 1);
    let tally = start.await.expect("name and key are free");
    let clients = [tally.clone(), tally.weak(), TallyClient::named("read"), keys.client(1)];
    for client in clients {
        assert_eq!(client.sys().get_state().await, Ok(Tally { value: 5 }));
    }
}

#[tokio::test(start_paused = true)]
async fn sys_5_the_state_is_read_after_what_its_reader_sent_before() {
    let tally = tally(0).await;
    tally.bump(1).await.expect("there is room");
    tally.bump(2).await.expect("there is room");
    let state = tally.sys().get_state();
    tally.bump(10).await.expect("there is room");
    assert_eq!(state.await, Ok(Tally { value: 3 }));
}

#[tokio::test(start_paused = true)]
async fn sys_5_a_full_mailbox_does_not_hold_it_up() {
    let (tally, gate) = busy_tally(0).await;
    let mut sent = 0;
    while tally.bump(1).try_send().is_ok() {
        sent += 1;
    }
    let state = tally.sys().get_state();
    gate.open();
    assert_eq!((sent, state.await), (1024, Ok(Tally { value: 1024 })));
}

#[tokio::test(start_paused = true)]
async fn sys_5_the_wait_for_a_handler_is_limited_and_names_it() {
    let (tally, gate) = busy_tally(0).await;
    let late = timed_out(tally.sys().get_state::<Tally>().await);
    assert_eq!(
        late.to_string(),
        "`Tally::get_state` timed out after 5s, next in the mailbox; \
         `Tally::wait` has been running for 5s"
    );
    tally.bump(1).await.expect("there is room");
    tally.bump(1).await.expect("there is room");
    let state = tally.sys().get_state::<Tally>().timeout(Duration::from_secs(1));
    let late = timed_out(state.await);
    assert_eq!(late.phase, Phase::Queued { ahead: 2 });
    assert_eq!(late.waited, Duration::from_secs(1));
    assert_eq!(late.busy.map(|busy| busy.handler), Some("wait"));
    gate.open();
    assert_eq!(tally.sys().get_state().await, Ok(Tally { value: 2 }));
}

#[tokio::test(start_paused = true)]
async fn sys_5_a_handler_that_looks_into_its_own_server_is_told() {
    let tally = tally(0).await;
    let path = deadlocked(tally.reflect().await.split().expect("it runs"));
    let id = tally.id().expect("known");
    let text = format!("`get_state` would wait for itself: Tally {id} -> Tally {id}");
    assert_eq!(path.to_string(), text);
}

#[tokio::test(start_paused = true)]
async fn sys_5_nobody_is_there_after_the_end() {
    let tally = tally(0).await;
    let sys = tally.sys();
    tally.stop().await.expect("it stops");
    not_running(sys.get_state::<Tally>().await);
    not_running(sys.suspend().await);
    not_running(sys.get_status());
    not_running(sys.trace(true));
    not_running(sys.log(1));
    not_running(sys.get_log());
    not_running(sys.statistics(true));
    not_running(sys.get_statistics());
    not_running(sys.no_debug());
    not_running(sys.events());
    let nobody = ServerError::NotRunning;
    assert_eq!(sys.format_state(9).await, Err(FormatError::Server(nobody.clone())));
    let replaced = sys.replace_state(|tally: Tally| tally).await;
    assert_eq!(replaced, Err(ReplaceError::Server(nobody)));
    not_running(sys.terminate(ExitReason::Normal).await);
    not_running(TallyClient::named("nobody").sys().get_state::<Tally>().await);
}

#[tokio::test(start_paused = true)]
async fn sys_5_the_end_of_the_server_is_told_to_who_waits() {
    let (tally, gate) = busy_tally(0).await;
    let state = tally.sys().get_state::<Tally>();
    let stop = tally.stop_now();
    gate.open();
    assert_eq!(exited(state.await), ExitReason::Normal);
    stop.await.expect("it stops");

    let (tally, _gate) = busy_tally(0).await;
    let replaced = tally.sys().replace_state(|tally: Tally| tally);
    tally.kill().await.expect("it is killed");
    let killed = ServerError::Exit(ExitReason::Killed);
    assert_eq!(replaced.await, Err(ReplaceError::Server(killed)));
}

#[tokio::test(start_paused = true)]
async fn sys_5_who_gives_up_takes_nothing_back() {
    let (tally, gate) = busy_tally(1).await;
    drop(tally.sys().replace_state(|_: Tally| Tally { value: 7 }));
    drop(tally.sys().get_state::<Tally>());
    gate.open();
    assert_eq!(tally.add(1).await, Ok(8));
}

#[tokio::test(start_paused = true)]
async fn sys_7_and_sm_27_the_state_of_a_machine_is_typed() {
    let door = Door::start().await.expect("it starts");
    assert_eq!(door.sys().get_machine().await, Ok((Door { moves: 0 }, DoorState::Shut(Shut))));
    door.open().await.expect("it is shut");
    let open = (Door { moves: 1 }, DoorState::Open(Open { since: 1 }));
    assert_eq!(door.sys().get_machine().await, Ok(open));
    assert_eq!(door.sys().get_state().await, Ok(Door { moves: 1 }));
}

#[tokio::test(start_paused = true)]
async fn sys_8_the_state_is_replaced_and_the_new_one_given_back() {
    let tally = tally(1).await;
    tally.bump(1).await.expect("there is room");
    let doubled = tally.sys().replace_state(|tally: Tally| Tally { value: tally.value * 2 });
    assert_eq!(doubled.await, Ok(Tally { value: 4 }));
    assert_eq!(tally.add(1).await, Ok(5));
}

#[tokio::test(start_paused = true)]
async fn sys_8_and_sm_27_a_panic_leaves_the_state_as_it_was() {
    let tally = tally(1).await;
    let broken = tally.sys().replace_state(|_: Tally| panic!("no")).await;
    let Err(ReplaceError::Panic(panic)) = broken else { panic!("{broken:?}") };
    assert_eq!(panic.to_string(), "`replace_state` panicked: no");
    assert_eq!(tally.add(1).await, Ok(2));

    let door = Door::start().await.expect("it starts");
    door.open().await.expect("it is shut");
    let broken = door.sys().replace_machine(|_: Door, _| panic!("no")).await;
    let Err(ReplaceError::Panic(panic)) = broken else { panic!("{broken:?}") };
    assert_eq!(panic.to_string(), "`replace_machine` panicked: no");
    let open = (Door { moves: 1 }, DoorState::Open(Open { since: 1 }));
    assert_eq!(door.sys().get_machine().await, Ok(open));
}

#[tokio::test(start_paused = true)]
async fn sm_27_data_and_state_of_a_machine_are_replaced_together() {
    let door = Door::start().await.expect("it starts");
    let open = (Door { moves: 9 }, DoorState::Open(Open { since: 9 }));
    let replaced = door.sys().replace_machine(|mut door: Door, state| {
        assert_eq!(state, DoorState::Shut(Shut));
        door.moves = 9;
        (door, DoorState::Open(Open { since: 9 }))
    });
    assert_eq!(replaced.await, Ok(open));
    let status = door.sys().get_status().expect("it runs");
    assert_eq!((status.state, status.allowed), ("Open", &["close", "knock"][..]));
    door.open().await.expect_err("it is open");
    door.close().await.expect("it is open");
}

/// A copy of it can fail.
struct Brittle {
    value: i64,
    /// How many copies can be made.
    copies: Arc<AtomicU32>,
}

impl Clone for Brittle {
    fn clone(&self) -> Self {
        let left = self.copies.load(Ordering::Relaxed);
        assert!(left > 0, "no copy");
        self.copies.store(left - 1, Ordering::Relaxed);
        Self { value: self.value, copies: Arc::clone(&self.copies) }
    }
}

impl Debug for Brittle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "brittle, ")?;
        panic!("not shown");
    }
}

#[genserver]
impl Brittle {
    #[call]
    fn get(&self) -> i64 {
        self.value
    }

    #[terminate]
    fn close(&mut self, _: &ExitReason) {}
}

#[tokio::test(start_paused = true)]
async fn sys_5_a_copy_that_panics_does_no_harm() {
    let copies = Arc::new(AtomicU32::new(0));
    let brittle = Brittle { value: 1, copies: Arc::clone(&copies) };
    let brittle = Brittle::start(brittle).await.expect("it starts");
    let state = brittle.sys().get_state::<Brittle>().await;
    assert_eq!(state.map(|state| state.value), Err(ServerError::NoReply));
    assert_eq!(brittle.get().await, Ok(1));

    // The first copy is changed, the second one given out.
    copies.store(1, Ordering::Relaxed);
    let replaced = brittle.sys().replace_state(|old: Brittle| Brittle { value: 2, ..old }).await;
    let Err(ReplaceError::Panic(panic)) = replaced.map(|state| state.value) else {
        panic!("a copy was made")
    };
    assert_eq!(panic.message(), "no copy");
    assert_eq!(brittle.get().await, Ok(1));
    brittle.stop().await.expect("it stops");
}

/// Its end can fail.
#[derive(Clone)]
struct Grim {
    value: u8,
    quiet: bool,
}

impl Drop for Grim {
    fn drop(&mut self) {
        assert!(self.quiet, "a loud end");
    }
}

#[genserver]
impl Grim {
    #[call]
    fn get(&self) -> u8 {
        self.value
    }
}

#[tokio::test(start_paused = true)]
async fn sys_8_a_replaced_state_that_panics_as_it_is_dropped_does_no_harm() {
    let grim = Grim::start(Grim { value: 1, quiet: false }).await.expect("it starts");
    let replaced = grim.sys().replace_state(|mut copy: Grim| {
        (copy.value, copy.quiet) = (2, true);
        copy
    });
    assert_eq!(replaced.await.map(|grim| grim.value), Ok(2));
    assert_eq!(grim.get().await, Ok(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn sys_5_the_state_is_read_on_a_thread_without_a_runtime() {
    let tally = tally(4).await;
    let read = move || tally.sys().get_state::<Tally>().blocking();
    let (told, hears) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || told.send(read()));
    assert_eq!(hears.await, Ok(Ok(Tally { value: 4 })));
}

/// Checks what is shown of a server, with so many characters at most.
async fn shown(client: &impl Client, chars_max: usize, expected: &str) {
    let shown = client.sys().format_state(chars_max).await;
    assert_eq!(shown.as_deref(), Ok(expected));
}

#[tokio::test(start_paused = true)]
async fn sys_7_the_state_is_shown_by_debug_up_to_a_limit() {
    let tally = tally(3).await;
    tally.bump(1).await.expect("there is room");
    shown(&tally, 1_000, "Tally { value: 4 }").await;
    shown(&tally, 18, "Tally { value: 4 }").await;
    shown(&tally, 17, "Tally { value: 4 ").await;
    shown(&tally, 0, "").await;
    let door = Door::start().await.expect("it starts");
    door.open().await.expect("it is shut");
    shown(&door, 1_000, "(Door { moves: 1 }, Open { since: 1 })").await;
}

/// Shows no secret, and more than ASCII.
struct Vault {
    owner: &'static str,
    secret: String,
}

#[genserver]
impl Vault {
    #[format_state]
    fn shown(&self) -> impl Debug {
        self.owner
    }

    #[call]
    fn is(&self, secret: String) -> bool {
        self.secret == secret
    }
}

#[tokio::test(start_paused = true)]
async fn sys_7_a_server_shows_what_it_chooses() {
    let vault = Vault { owner: "Jürgen", secret: "1234".to_owned() };
    let vault = Vault::start(vault).await.expect("it starts");
    shown(&vault, 1_000, "\"Jürgen\"").await;
    // Characters, not bytes.
    shown(&vault, 4, "\"Jür").await;
    assert_eq!(vault.is("1234".to_owned()).await, Ok(true));
}

#[tokio::test(start_paused = true)]
async fn sys_7_what_cannot_be_shown_says_so() {
    let (client, _) = probe().await;
    for chars_max in [0, 1_000] {
        let error = client.sys().format_state(chars_max).await.expect_err("it has no `Debug`");
        assert_eq!(error, FormatError::Unformatted { server: "Probe" });
        assert_eq!(
            error.to_string(),
            "`Probe` cannot be shown: derive `Debug`, or write a `#[format_state]`"
        );
    }
    let brittle = Brittle { value: 1, copies: Arc::default() };
    let brittle = Brittle::start(brittle).await.expect("it starts");
    let error = brittle.sys().format_state(1_000).await.expect_err("it panics");
    assert_eq!(error.to_string(), "`format_state` panicked: not shown");
    assert_eq!(brittle.get().await, Ok(1));
}

/// Generic, and shown as it chooses.
#[derive(Clone)]
struct Shelf<T>(T);

#[genserver]
impl<T: Clone + Debug + Send + Sync + 'static> Shelf<T> {
    #[call]
    fn get(&self) -> T {
        self.0.clone()
    }

    #[format_state]
    fn shown(&self) -> (&'static str, &T) {
        ("on the shelf", &self.0)
    }
}

/// Generic, and not shown: whether it has `Debug` depends on `T`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Crate<T>(T);

#[genserver]
impl<T: Clone + Send + Sync + 'static> Crate<T> {
    #[call]
    fn get(&self) -> T {
        self.0.clone()
    }
}

#[tokio::test(start_paused = true)]
async fn sys_7_generic_servers_are_read_replaced_and_shown() {
    let shelf = Shelf::start(Shelf(vec![1])).await.expect("it starts");
    let state: Shelf<Vec<i32>> = shelf.sys().get_state().await.expect("it runs");
    assert_eq!(state.0, [1]);
    let longer = |mut shelf: Shelf<Vec<i32>>| {
        shelf.0.push(2);
        shelf
    };
    let replaced = shelf.sys().replace_state(longer).await.expect("it runs");
    assert_eq!((replaced.0, shelf.get().await), (vec![1, 2], Ok(vec![1, 2])));
    shown(&shelf, 100, "(\"on the shelf\", [1, 2])").await;

    let stored = Crate::start(Crate('x')).await.expect("it starts");
    assert_eq!(stored.sys().get_state().await, Ok(Crate('x')));
    let error = stored.sys().format_state(100).await.expect_err("it is generic");
    assert_eq!(error, FormatError::Unformatted { server: "Crate" });
    assert_eq!(stored.get().await, Ok('x'));
    settle().await;
}
