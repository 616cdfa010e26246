//! A handler's span is a child of its caller's, whichever way the message went.

use std::sync::{Arc, Mutex};

use genserver_runtime::prelude::*;
use tracing::span::{Attributes, Id};
use tracing::subscriber::DefaultGuard;
use tracing::{Instrument, Subscriber, info_span};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry as SpanTree};

use crate::servers::{Counter, Word, probe};

/// The handlers' spans with all that they stand in.
#[derive(Clone, Default)]
struct Paths(Arc<Mutex<Vec<String>>>);

impl Paths {
    fn listen() -> (Self, DefaultGuard) {
        let paths = Self::default();
        let tree = SpanTree::default().with(paths.clone());
        (paths, tracing::subscriber::set_default(tree))
    }

    #[track_caller]
    fn hold(&self, expected: &[&str]) {
        assert_eq!(*self.0.lock().expect("nothing panics under it"), expected);
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Paths {
    fn on_new_span(&self, _: &Attributes<'_>, id: &Id, cx: Context<'_, S>) {
        let span = cx.span(id).expect("it was made just now");
        if span.name() == "handler" {
            let names: Vec<_> = span.scope().from_root().map(|span| span.name()).collect();
            self.0.lock().expect("nothing panics under it").push(names.join(" > "));
        }
    }
}

#[tokio::test]
async fn the_span_of_a_handler_is_a_child_of_its_callers() {
    let (paths, _standing) = Paths::listen();
    let (client, _) = probe().await;
    async {
        client.note("inline").await.expect("it runs");
        client.note("queued").send().await.expect("there is room").await.expect("it runs");
        client.tell("cast").await.expect("there is room");
        client.send_info(Word("info")).await.expect("there is room");
        client.sync().await.expect("it runs");
    }
    .instrument(info_span!("caller"))
    .await;
    paths.hold(&["caller > handler"; 4]);
}

/// Calls out of a handler.
struct Relay;

#[genserver]
impl Relay {
    #[init]
    fn new() -> Self {
        Self
    }

    #[call]
    async fn relay(&self, to: crate::servers::CounterClient) -> Result<i64, ServerError> {
        tokio::task::yield_now().await;
        to.increment().await
    }
}

#[tokio::test]
async fn a_call_inside_a_handler_stands_in_the_handlers_span() {
    let (paths, _standing) = Paths::listen();
    let counter = Counter::start(0).await.expect("its init cannot fail");
    let relay = Relay::start().await.expect("its init cannot fail");
    let call = relay.relay(counter).instrument(info_span!("caller"));
    assert_eq!(call.await, Ok(1));
    paths.hold(&["caller > handler", "caller > handler > handler"]);
}

#[tokio::test]
async fn without_a_caller_the_span_of_a_handler_is_a_root() {
    let (paths, _standing) = Paths::listen();
    let (client, _) = probe().await;
    client.note("inline").await.expect("it runs");
    client.queue("queued").await.expect("it runs");
    paths.hold(&["handler"; 2]);
}
