//! Circles of calls: told at once, with their path; and what is none.

use std::sync::Arc;
use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{CallPath, Executed};
use tokio::sync::Barrier;
use tokio::time::Instant;

use crate::support::{Gate, deadlocked, settle};

/// Calls others out of its handlers.
struct Node {
    asked: Option<ReplyTo<u32>>,
}

#[genserver(mailbox = 2)]
impl Node {
    #[init]
    fn new() -> Self {
        Self { asked: None }
    }

    /// Calls the first one, which calls the rest.
    #[call]
    async fn chain(&self, mut path: Vec<NodeClient>) -> Result<(), ServerError> {
        match path.pop() {
            Some(next) => next.chain(path).no_timeout().await.split()?,
            None => Ok(()),
        }
    }

    /// Meets the others, then calls.
    #[call]
    async fn meet(&self, at: Arc<Barrier>, other: NodeClient) -> Result<u32, ServerError> {
        at.wait().await;
        other.echo().no_timeout().await
    }

    /// As `meet`, but asks nobody when the gate is not open.
    #[call]
    async fn call_after(&self, gate: Gate, other: NodeClient) -> Result<u32, ServerError> {
        gate.pass().await;
        other.echo().no_timeout().await
    }

    #[call]
    fn echo(&self) -> u32 {
        1
    }

    /// Answered by `answer`.
    #[call]
    fn ask(&mut self, reply: ReplyTo<u32>) {
        self.asked = Some(reply);
    }

    #[call]
    async fn ask_other(&self, other: NodeClient) -> Result<u32, ServerError> {
        other.ask().no_timeout().await
    }

    #[call]
    async fn ask_oneself(&self, cx: &mut Cx<Self>) -> Result<u32, ServerError> {
        let me: NodeClient = cx.weak();
        me.ask().no_timeout().await
    }

    #[call]
    async fn kill_other(&self, gate: Gate, other: NodeClient) -> Result<(), ServerError> {
        gate.pass().await;
        other.kill().await
    }

    #[cast]
    fn answer(&mut self) {
        let asked = self.asked.take().expect("somebody asked");
        asked.reply(7).expect("the caller waits");
    }

    /// A task of its own calls the server while its handler waits for the gate.
    #[call]
    async fn spawn(&self, cx: &mut Cx<Self>, gate: Gate) -> tokio::task::JoinHandle<u32> {
        let me: NodeClient = cx.weak();
        let task = tokio::spawn(async move { me.echo().await.expect("it runs") });
        gate.pass().await;
        task
    }

    #[cast]
    fn tell(&self) {}

    #[cast]
    async fn wait(&self, gate: Gate) {
        gate.pass().await;
    }

    /// Fills its own mailbox and waits for room.
    #[call]
    async fn overfill(&self, cx: &mut Cx<Self>) -> Result<(), SendError> {
        let me: NodeClient = cx.weak();
        for _ in 0..3 {
            me.tell().await?;
        }
        Ok(())
    }

    #[call]
    async fn overfill_by_calls(&self, cx: &mut Cx<Self>) -> Result<(), ServerError> {
        let me: NodeClient = cx.weak();
        for _ in 0..3 {
            drop(me.echo().no_timeout().send().await?);
        }
        Ok(())
    }

    /// Waits for room in the mailbox of another one.
    #[call]
    async fn push(&self, to: NodeClient, gate: Gate) -> Result<(), ServerError> {
        gate.pass().await;
        to.echo().no_timeout().send().await.map(drop)
    }

    #[call]
    async fn stop_oneself(&self, cx: &mut Cx<Self>) -> Result<(), ServerError> {
        let me: NodeClient = cx.weak();
        me.stop().await
    }

    #[call]
    async fn select(&self, other: NodeClient) -> Result<u32, ServerError> {
        tokio::select! {
            biased;
            reply = other.chain(vec![other.clone()]).no_timeout() => reply.split()?.map(|()| 0),
            () = settle() => Ok(1),
        }
    }
}

async fn nodes<const N: usize>() -> [NodeClient; N] {
    let mut nodes = Vec::new();
    for name in ["a", "b", "c", "d"].into_iter().take(N) {
        nodes.push(Node::start().name(name).await.expect("the name is free"));
    }
    nodes.try_into().expect("as many as asked for")
}

/// The circle, told from any of its servers.
#[track_caller]
fn is_circle(path: &CallPath, call: &str, names: &[&str]) {
    let servers = names.iter().map(|name| format!("Node {name:?}")).collect::<Vec<_>>();
    let first = servers.iter().position(|server| *server == path.servers[0]);
    let mut expected = servers;
    expected.rotate_left(first.expect("a server of the circle"));
    assert_eq!(path.servers, expected);
    let text =
        format!("`{call}` would wait for itself: {} -> {}", expected.join(" -> "), expected[0]);
    assert_eq!(path.to_string(), text);
}

/// Calls along the path, the first one last; told at once.
async fn circle(path: &[&NodeClient], names: &[&str]) {
    let begun = Instant::now();
    let mut rest = path.iter().map(|node| (*node).clone()).collect::<Vec<_>>();
    rest.rotate_left(1);
    rest.reverse();
    for queued in [false, true] {
        let call = path[0].chain(rest.clone());
        let outcome = if queued {
            let pending = call.send().await.expect("there is room");
            pending.await.and_then(|reply| reply)
        } else {
            call.await.split().and_then(|reply| reply)
        };
        is_circle(&deadlocked(outcome), "chain", names);
        for node in path {
            assert_eq!(node.echo().await, Ok(1), "it lives");
        }
    }
    assert_eq!(begun.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_call_to_oneself_is_a_circle_of_one() {
    let [a] = nodes().await;
    circle(&[&a], &["a"]).await;
}

#[tokio::test(start_paused = true)]
async fn two_servers_that_call_one_another_are_a_circle() {
    let [a, b] = nodes().await;
    circle(&[&a, &b], &["a", "b"]).await;
}

#[tokio::test(start_paused = true)]
async fn three_servers_are_a_circle() {
    let [a, b, c] = nodes().await;
    circle(&[&a, &b, &c], &["a", "b", "c"]).await;
}

#[tokio::test(start_paused = true)]
async fn a_circle_is_seen_by_name_and_through_weak_clients() {
    let [a, b] = nodes().await;
    let named = NodeClient::named("a");
    circle(&[&named, &b.weak()], &["a", "b"]).await;
    drop((a, b));
}

#[tokio::test(start_paused = true)]
async fn a_server_without_a_name_stands_as_its_type_and_identity() {
    let node = Node::start().await.expect("its init cannot fail");
    let outcome = node.chain(vec![node.clone()]).await;
    let path = deadlocked(outcome.split().and_then(|reply| reply));
    let id = node.id().expect("it runs");
    assert_eq!(path.servers, [format!("Node {id}")]);
    assert_eq!(path.to_string(), format!("`chain` would wait for itself: Node {id} -> Node {id}"));
}

#[tokio::test(start_paused = true)]
async fn a_withdrawn_request_was_not_executed() {
    let [a] = nodes().await;
    let outcome = a.chain(vec![a.clone()]).await;
    let error = outcome.split().and_then(|reply| reply).expect_err("a circle");
    assert_eq!(error.executed(), Executed::No);
    assert!(deadlocked::<()>(Err(error)).withdrawn);
    assert_eq!(a.sync().await, Ok(()));
    assert_eq!(a.counters().late, 0, "it was taken out of the mailbox");
}

#[tokio::test(start_paused = true)]
async fn of_two_simultaneous_calls_one_sees_the_circle() {
    let [a, b] = nodes().await;
    let begun = Instant::now();
    let barrier = Arc::new(Barrier::new(2));
    let first = a.meet(Arc::clone(&barrier), b.clone()).send().await.expect("there is room");
    let second = b.meet(barrier, a.clone()).send().await.expect("there is room");
    let outcomes = [first.await, second.await].map(|outcome| outcome.and_then(|reply| reply));
    assert_eq!(begun.elapsed(), Duration::ZERO);
    let seen = outcomes.iter().filter(|outcome| outcome.is_err()).count();
    assert_eq!(seen, 1, "{outcomes:?}");
    for outcome in outcomes {
        if outcome.is_err() {
            is_circle(&deadlocked(outcome), "echo", &["a", "b"]);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_calls_on_two_threads_one_sees_the_circle() {
    let [a, b] = nodes().await;
    for round in 0..200 {
        let barrier = Arc::new(Barrier::new(2));
        let first = a.meet(Arc::clone(&barrier), b.clone()).send().await.expect("there is room");
        let second = b.meet(barrier, a.clone()).send().await.expect("there is room");
        let outcomes = [first.await, second.await].map(|outcome| outcome.and_then(|reply| reply));
        let one = outcomes.iter().any(|o| matches!(o, Err(ServerError::Deadlock(_))));
        let no_other = outcomes.iter().all(|o| matches!(o, Ok(1) | Err(ServerError::Deadlock(_))));
        // Where one call is done before the other begins, there is no circle.
        let none = outcomes.iter().all(Result::is_ok);
        assert!((one || none) && no_other, "round {round}: {outcomes:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_select_that_would_have_broken_the_circle_sees_it_nevertheless() {
    let [a] = nodes().await;
    let outcome = a.select(a.clone()).await.split().and_then(|reply| reply);
    assert_eq!(deadlocked(outcome).call, "chain");
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_deferred_reply_is_no_edge() {
    let [a, b] = nodes().await;
    let asking = a.ask_other(b.clone()).send().await.expect("there is room");
    settle().await;
    // `b` calls `a`, whose handler waits for what `b` was asked and will answer.
    let gate = Gate::new();
    let calling = b.call_after(gate.clone(), a.clone()).send().await.expect("there is room");
    gate.reached().await;
    b.answer().await.expect("there is room");
    gate.open();
    let mut calling = std::pin::pin!(calling);
    tokio::select! {
        biased;
        outcome = &mut calling => panic!("`a` is busy: {outcome:?}"),
        () = settle() => {}
    }
    // `b` will answer only after its handler: a circle that nobody can see, but for the time-out.
    b.kill().await.expect("it is killed");
    assert_eq!(asking.await, Ok(Err(ServerError::NoReply)));
}

#[tokio::test(start_paused = true)]
async fn a_deferred_reply_from_outside_breaks_no_rule() {
    let [a, b, c] = nodes().await;
    let asking = a.ask_other(b.clone()).send().await.expect("there is room");
    settle().await;
    let gate = Gate::new();
    gate.open();
    let calling = c.call_after(gate, a.clone()).send().await.expect("there is room");
    settle().await;
    b.answer().await.expect("there is room");
    assert_eq!(asking.await, Ok(Ok(7)));
    assert_eq!(calling.await, Ok(Ok(1)));
}

#[tokio::test(start_paused = true)]
async fn a_deferred_call_to_oneself_is_a_circle_since_its_handler_cannot_begin() {
    let [a] = nodes().await;
    let path = deadlocked(a.ask_oneself().await.split().and_then(|reply| reply));
    is_circle(&path, "ask", &["a"]);
    assert!(path.withdrawn);
}

#[tokio::test(start_paused = true)]
async fn a_kill_waits_for_no_handler() {
    let [a, b] = nodes().await;
    let gate = Gate::new();
    let killing = a.kill_other(gate.clone(), b.clone()).send().await.expect("there is room");
    gate.reached().await;
    let open = Gate::new();
    open.open();
    // `b` waits for `a`, which kills it.
    let calling = b.call_after(open, a.clone()).send().await.expect("there is room");
    settle().await;
    gate.open();
    assert_eq!(killing.await, Ok(Ok(())));
    calling.await.expect_err("it was killed");
}

#[tokio::test(start_paused = true)]
async fn a_spawned_task_is_no_edge() {
    let [a] = nodes().await;
    let gate = Gate::new();
    let spawning = a.spawn(gate.clone()).send().await.expect("there is room");
    gate.reached().await;
    settle().await;
    gate.open();
    let task = spawning.await.expect("it replied");
    assert_eq!(task.await.expect("no deadlock"), 1);
}

#[tokio::test(start_paused = true)]
async fn waiting_for_room_in_ones_own_mailbox_is_a_circle() {
    let [a] = nodes().await;
    assert_eq!(a.overfill().await, Err(CallError::Reply(SendError::Full)));
    let path = deadlocked(a.overfill_by_calls().await.split().and_then(|reply| reply));
    is_circle(&path, "echo", &["a"]);
    assert!(path.withdrawn);
    assert_eq!(a.echo().await, Ok(1), "it lives");
}

#[tokio::test(start_paused = true)]
async fn waiting_for_room_is_an_edge() {
    let [a, b] = nodes().await;
    let gate = Gate::new();
    // `b` waits for a reply of `a`, whose handler waits for room in the mailbox of `b`.
    let pushing = a.push(b.clone(), gate.clone()).send().await.expect("there is room");
    gate.reached().await;
    let open = Gate::new();
    open.open();
    let calling = b.call_after(open, a.clone()).send().await.expect("there is room");
    settle().await;
    b.tell().await.expect("there is room");
    b.tell().await.expect("there is room");
    gate.open();
    let path = deadlocked(pushing.await.and_then(|reply| reply));
    is_circle(&path, "echo", &["a", "b"]);
    assert_eq!(calling.await, Ok(Ok(1)));
}

#[tokio::test(start_paused = true)]
async fn a_stop_of_oneself_is_a_circle() {
    let [a] = nodes().await;
    let path = deadlocked(a.stop_oneself().await.split().and_then(|reply| reply));
    is_circle(&path, "stop", &["a"]);
}

#[tokio::test(start_paused = true)]
async fn a_long_row_of_calls_is_none_and_fits_on_the_stack() {
    let mut row = Vec::new();
    for _ in 0..2_000 {
        row.push(Node::start().await.expect("its init cannot fail"));
    }
    let first = row.pop().expect("many");
    assert_eq!(first.chain(row).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_circle_is_not_seen_where_a_call_was_answered() {
    let [a, b] = nodes().await;
    // One after the other in both directions: never at the same time.
    for _ in 0..3 {
        assert_eq!(a.chain(vec![b.clone()]).await, Ok(()));
        assert_eq!(b.chain(vec![a.clone()]).await, Ok(()));
    }
}
