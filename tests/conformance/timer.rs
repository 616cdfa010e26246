//! Timers: set by the server and from outside, cancelled, and gone with it.

use std::sync::Arc;
use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{Activity, Timer};
use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::bell::{Bell, BellClient, Ring, SECOND, bell, named_bell, within};
use crate::servers::Counter;
use crate::support::{Gate, Journal, exited, pass, settle, took};

const DAY: Duration = Duration::from_secs(86_400);

/// Who sets a timer.
#[derive(Clone, Copy, Debug)]
enum By {
    Handler,
    Client,
    Weak,
    Name,
}

const ALL: [By; 4] = [By::Handler, By::Client, By::Weak, By::Name];

impl By {
    async fn send_after(self, bell: &BellClient, after: Duration, word: &'static str) -> Timer {
        let timer = match self {
            Self::Handler => {
                return within(bell, move |cx| cx.send_after(after, Ring(word))).await;
            }
            Self::Client => bell.send_after(after, Ring(word)),
            Self::Weak => bell.weak().send_after(after, Ring(word)),
            Self::Name => BellClient::named("bell").send_after(after, Ring(word)),
        };
        timer.expect("it runs")
    }

    async fn send_interval(self, bell: &BellClient, word: &'static str) -> Timer {
        let timer = match self {
            Self::Handler => {
                return within(bell, move |cx| cx.send_interval(SECOND, Ring(word))).await;
            }
            Self::Client => bell.send_interval(SECOND, Ring(word)),
            Self::Weak => bell.weak().send_interval(SECOND, Ring(word)),
            Self::Name => BellClient::named("bell").send_interval(SECOND, Ring(word)),
        };
        timer.expect("it runs")
    }
}

#[tokio::test(start_paused = true)]
async fn tm_1_a_message_comes_once_and_not_earlier() {
    for by in ALL {
        let (bell, journal) = named_bell().await;
        let timer = by.send_after(&bell, 5 * SECOND, "late").await;
        by.send_after(&bell, Duration::ZERO, "now").await;
        settle().await;
        journal.holds(&["now 0"]);
        pass(Duration::from_millis(4_999)).await;
        settle().await;
        journal.holds(&["now 0"]);
        pass(DAY).await;
        journal.holds(&["now 0", "late 5"]);
        assert_eq!(timer.remaining(), None, "{by:?}");
        bell.stop().await.expect("it runs");
    }
}

#[tokio::test(start_paused = true)]
async fn tm_1_timers_fire_in_the_order_of_their_times() {
    let (bell, journal) = bell().await;
    for (after, word) in [(3, "c"), (1, "a"), (2, "b")] {
        By::Client.send_after(&bell, after * SECOND, word).await;
    }
    pass(DAY).await;
    journal.holds(&["a 1", "b 2", "c 3"]);
}

#[tokio::test(start_paused = true)]
async fn tm_1_a_name_is_looked_up_when_the_timer_fires() {
    let timer = BellClient::named("bell").send_after(2 * SECOND, Ring("named"));
    let bells = Registry::<u32, BellClient>::new();
    let keyed = bells.client(1).send_after(3 * SECOND, Ring("keyed"));
    let nobody = BellClient::named("bell").send_after(SECOND, Ring("nobody"));
    pass(SECOND * 3 / 2).await;
    assert_eq!(nobody.expect("in a runtime").remaining(), None);
    let (first, _) = named_bell().await;
    first.stop().await.expect("it runs");
    let journal = Journal::new();
    let start = Bell::start(journal.clone(), Box::new(|_| {})).name("bell").key(&bells, 1);
    let _second = start.await.expect("the name is free");
    pass(DAY).await;
    journal.holds(&["named 0.5", "keyed 1.5"]);
    drop((timer, keyed));
}

#[tokio::test(start_paused = true)]
async fn tm_2_a_message_comes_at_a_time() {
    let (bell, journal) = bell().await;
    let begun = Instant::now();
    pass(SECOND).await;
    within(&bell, move |cx| drop(cx.send_at(begun + 3 * SECOND, Ring("handler")))).await;
    bell.send_at(begun + 4 * SECOND, Ring("client")).expect("it runs");
    bell.send_at(begun, Ring("past")).expect("it runs");
    pass(DAY).await;
    journal.holds(&["past 1", "handler 3", "client 4"]);
}

#[tokio::test(start_paused = true)]
async fn tm_5_a_cancelled_timer_tells_what_was_left_and_never_fires() {
    for by in ALL {
        let (bell, journal) = named_bell().await;
        let timer = by.send_after(&bell, 5 * SECOND, "x").await;
        pass(2 * SECOND).await;
        assert_eq!(timer.cancel(), Some(3 * SECOND), "{by:?}");
        assert_eq!((timer.cancel(), timer.remaining()), (None, None), "{by:?}");
        let fired = by.send_after(&bell, SECOND, "fired").await;
        pass(DAY).await;
        assert_eq!((fired.cancel(), fired.cancel_and_flush()), (None, None), "{by:?}");
        journal.holds(&["fired 3"]);
        bell.stop().await.expect("it runs");
    }
}

#[tokio::test(start_paused = true)]
async fn tm_5_a_server_cancels_its_own_timers_and_no_others() {
    let (bell, journal) = bell().await;
    let (other, others) = named_bell().await;
    let own = bell.send_after(SECOND, Ring("own")).expect("it runs");
    let foreign = other.send_after(SECOND, Ring("foreign")).expect("it runs");
    let named = BellClient::named("bell").send_after(SECOND, Ring("named")).expect("in a runtime");
    let left = within(&bell, move |cx| {
        let foreign = (cx.cancel(&foreign), cx.cancel_and_flush(&foreign));
        (cx.cancel(&own), foreign, cx.cancel(&named), cx.cancel(&own))
    });
    assert_eq!(left.await, (Some(SECOND), (None, None), None, None));
    pass(DAY).await;
    journal.holds(&[]);
    assert_eq!((others.count("foreign 1"), others.count("named 1")), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn tm_7_a_timer_tells_what_is_left() {
    for by in ALL {
        let (bell, _) = named_bell().await;
        let timer = by.send_after(&bell, 5 * SECOND, "x").await;
        assert_eq!(timer.remaining(), Some(5 * SECOND), "{by:?}");
        pass(4 * SECOND).await;
        assert_eq!(timer.remaining(), Some(SECOND), "{by:?}");
        pass(SECOND).await;
        settle().await;
        assert_eq!(timer.remaining(), None, "{by:?}");
        let ticks = by.send_interval(&bell, "tick").await;
        pass(SECOND * 7 / 4).await;
        assert_eq!(ticks.remaining(), Some(SECOND / 4), "until the next tick: {by:?}");
        bell.stop().await.expect("it runs");
    }
}

#[tokio::test(start_paused = true)]
async fn tm_9_an_interval_repeats_until_it_is_cancelled() {
    for by in ALL {
        let (bell, journal) = named_bell().await;
        let ticks = by.send_interval(&bell, "tick").await;
        pass(SECOND * 7 / 2).await;
        assert_eq!(ticks.cancel(), Some(SECOND / 2), "{by:?}");
        pass(DAY).await;
        journal.holds(&["tick 1", "tick 2", "tick 3"]);
        assert_eq!((ticks.cancel(), ticks.remaining()), (None, None), "{by:?}");
        bell.stop().await.expect("it runs");
    }
}

#[tokio::test(start_paused = true)]
async fn tm_9_an_interval_does_not_drift() {
    for by in ALL {
        let (bell, journal) = named_bell().await;
        let ticks = by.send_interval(&bell, "tick").await;
        let gate = Gate::new();
        bell.wait(gate.clone()).await.expect("it runs");
        pass(SECOND * 5 / 2).await;
        gate.open();
        pass(SECOND * 2).await;
        journal.holds(&["tick 2.5", "tick 3", "tick 4"]);
        ticks.cancel();
        bell.stop().await.expect("it runs");
    }
}

/// Tells by its count who holds it.
#[derive(Clone)]
struct Heavy(Arc<()>);

/// Takes heavy messages.
struct Scale;

#[genserver]
impl Scale {
    #[info]
    fn weigh(&self, heavy: Heavy) {
        drop(heavy.0);
    }
}

#[tokio::test(start_paused = true)]
async fn tm_10_tm_11_timers_end_with_their_server() {
    let idle = Handle::current().metrics().num_alive_tasks();
    let weight = Arc::new(());
    let scale = Scale::start(Scale).await.expect("its init cannot fail");
    let once = scale.send_after(SECOND, Heavy(Arc::clone(&weight))).expect("it runs");
    let again = scale.send_interval(SECOND, Heavy(Arc::clone(&weight))).expect("it runs");
    let end = scale.exit_after(SECOND, ExitReason::Shutdown).expect("it runs");
    assert_eq!(scale.sys().get_status().expect("it runs").timers, 3);
    scale.stop().await.expect("it runs");
    settle().await;
    assert_eq!(Arc::strong_count(&weight), 1, "their messages are dropped");
    // The one that is left looks after the runtime's servers.
    assert!(Handle::current().metrics().num_alive_tasks() <= idle + 1, "a task is left");
    for timer in [once, again, end] {
        assert_eq!((timer.remaining(), timer.cancel()), (None, None));
    }
    let late = scale.send_after(SECOND, Heavy(Arc::clone(&weight)));
    assert_eq!(late.expect_err("it has ended"), SendError::NotRunning);
    let late = scale.send_interval(SECOND, Heavy(weight));
    assert_eq!(late.expect_err("it has ended"), SendError::NotRunning);
    assert_eq!(scale.kill_after(SECOND).expect_err("it has ended"), SendError::NotRunning);
}

#[tokio::test(start_paused = true)]
async fn tm_11_timers_keep_no_server_alive() {
    let (bell, journal) = bell().await;
    let timer = bell.send_after(SECOND, Ring("x")).expect("it runs");
    let ticks = bell.send_interval(SECOND, Ring("tick")).expect("it runs");
    let weak = bell.weak();
    drop(bell);
    settle().await;
    assert!(!weak.is_running());
    pass(DAY).await;
    journal.holds(&[]);
    assert_eq!((timer.remaining(), ticks.remaining()), (None, None));
}

#[tokio::test(start_paused = true)]
async fn tm_12_a_function_runs_later_and_its_failure_hurts_nobody() {
    let (bell, journal) = bell().await;
    let done = journal.clone();
    within(&bell, move |cx| {
        cx.spawn(async move {
            pass(SECOND).await;
            done.note("later");
            panic!("expected: hurts nobody");
        });
        cx.send_after(2 * SECOND, Ring("after"));
    })
    .await;
    pass(DAY).await;
    journal.holds(&["later", "after 2"]);
    assert!(bell.is_running());
}

#[tokio::test(start_paused = true)]
async fn tm_13_a_server_ends_after_a_time() {
    for by in ALL {
        for kill in [false, true] {
            let (bell, _) = named_bell().await;
            let (begun, reason) = (Instant::now(), ExitReason::ShutdownWith("late".into()));
            let client = match by {
                By::Handler => None,
                By::Client => Some(bell.clone()),
                By::Weak => Some(bell.weak()),
                By::Name => Some(BellClient::named("bell")),
            };
            let expected = if kill { ExitReason::Killed } else { reason.clone() };
            let end = match (client, kill) {
                (None, false) => within(&bell, |cx| cx.exit_after(2 * SECOND, reason)).await,
                (None, true) => within(&bell, |cx| cx.kill_after(2 * SECOND)).await,
                (Some(client), false) => client.exit_after(2 * SECOND, reason).expect("it runs"),
                (Some(client), true) => client.kill_after(2 * SECOND).expect("it runs"),
            };
            assert_eq!(end.remaining(), Some(2 * SECOND));
            let gate = Gate::new();
            bell.wait(gate.clone()).await.expect("it runs");
            gate.reached().await;
            let pending = bell.act(Box::new(|_| {})).no_timeout().send().await;
            let watch = tokio::spawn(pending.expect("there is room"));
            pass(2 * SECOND).await;
            if kill {
                assert_eq!(exited(watch.await.expect("no panic")), expected, "{by:?}");
            } else {
                settle().await;
                assert!(bell.is_running(), "the running handler comes first: {by:?}");
                gate.open();
                assert_eq!(exited(watch.await.expect("no panic")), expected, "{by:?}");
            }
            settle().await;
            took(begun, 2 * SECOND);
            assert!(!bell.is_running(), "{by:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn tm_13_an_end_that_finds_nobody_or_is_cancelled_is_harmless() {
    let nobody = BellClient::named("bell");
    nobody.exit_after(SECOND, ExitReason::Shutdown).expect("in a runtime");
    nobody.kill_after(SECOND).expect("in a runtime");
    let (bell, _) = bell().await;
    let exit = bell.exit_after(SECOND, ExitReason::Shutdown).expect("it runs");
    let kill = bell.kill_after(SECOND).expect("it runs");
    assert_eq!((exit.cancel(), kill.cancel_and_flush()), (Some(SECOND), Some(SECOND)));
    pass(DAY).await;
    assert!(bell.is_running());
}

#[tokio::test(start_paused = true)]
async fn tm_14_timers_that_are_over_can_be_cancelled_by_anybody() {
    let (bell, journal) = bell().await;
    let gone = Counter::start(0).await.expect("its init cannot fail");
    let foreign = gone.kill_after(SECOND).expect("it runs");
    gone.stop().await.expect("it runs");
    let (copy, fired) = (foreign.clone(), bell.send_after(SECOND, Ring("x")).expect("it runs"));
    pass(2 * SECOND).await;
    let left = within(&bell, move |cx| {
        [cx.cancel(&copy), cx.cancel_and_flush(&copy), cx.cancel(&fired), fired.cancel_and_flush()]
    });
    assert_eq!(left.await, [None; 4]);
    assert_eq!((foreign.cancel(), foreign.cancel_and_flush()), (None, None));
    By::Handler.send_after(&bell, SECOND, "y").await;
    pass(DAY).await;
    journal.holds(&["x 1", "y 3"]);
}

#[tokio::test(start_paused = true)]
async fn tm_16_very_long_times_work() {
    for by in ALL {
        let (bell, journal) = named_bell().await;
        let almost = Duration::from_millis(1 << 32);
        let long = almost + SECOND;
        let timer = by.send_after(&bell, long, "x").await;
        assert_eq!(timer.remaining(), Some(long));
        pass(almost).await;
        settle().await;
        journal.holds(&[]);
        pass(2 * SECOND).await;
        journal.holds(&["x 4294968.296"]);
        let never = by.send_after(&bell, Duration::MAX, "never").await;
        pass(1_000 * DAY).await;
        assert!(never.cancel() > Some(30_000 * DAY), "{by:?}");
        bell.stop().await.expect("it runs");
    }
}

#[tokio::test(start_paused = true)]
async fn tm_18_the_paused_clock_drives_timers() {
    let real = std::time::Instant::now();
    let (bell, journal) = bell().await;
    By::Handler.send_after(&bell, DAY, "day").await;
    tokio::time::advance(DAY / 2).await;
    settle().await;
    journal.holds(&[]);
    tokio::time::advance(DAY / 2).await;
    settle().await;
    journal.holds(&["day 86400"]);
    assert!(real.elapsed() < Duration::from_secs(60), "a day went by on the paused clock only");
    assert_eq!(bell.sys().get_status().expect("it runs").activity, Activity::Idle);
}
