//! This project, three ways: `fn` handlers, `async fn` handlers, and everything through the queue.
//! Its own time-out of 5 s a call is on, as it is by default.

use genserver_runtime::Client;
use genserver_runtime::prelude::*;

use crate::contender::Contender;
use crate::work::{Sent, State};

macro_rules! contender {
    ($what:ident, $name:literal, ($($option:tt)*), ($($asynchronous:tt)?), $module:ident) => {
        /// The servers of one way.
        pub mod $module {
            use super::*;

            pub struct Counter(State);

            #[genserver($($option)*)]
            impl Counter {
                #[call]
                pub $($asynchronous)? fn add(&mut self) -> u64 {
                    self.0.add()
                }

                #[call]
                pub $($asynchronous)? fn add_busily(&mut self) -> u64 {
                    self.0.add_busily()
                }

                #[cast]
                pub $($asynchronous)? fn take(&mut self, sent: Sent) {
                    self.0.take(sent);
                }
            }

            impl Counter {
                pub const fn new() -> Self {
                    Self(State::new())
                }
            }

            pub struct Relay(pub CounterClient);

            #[genserver($($option)*)]
            impl Relay {
                #[call]
                pub async fn add(&mut self) -> u64 {
                    self.0.add().await.expect("the counter runs")
                }
            }
        }

        pub struct $what;

        impl Contender for $what {
            const NAME: &'static str = $name;

            type Server = $module::CounterClient;
            type Relay = $module::RelayClient;

            async fn start() -> Self::Server {
                $module::Counter::start($module::Counter::new()).await.expect("it starts")
            }

            async fn start_relay(to: Self::Server) -> Self::Relay {
                $module::Relay::start($module::Relay(to)).await.expect("it starts")
            }

            async fn call(server: &Self::Server) -> u64 {
                server.add().await.expect("it runs")
            }

            async fn call_busy(server: &Self::Server) -> u64 {
                server.add_busily().await.expect("it runs")
            }

            async fn call_relay(relay: &Self::Relay) -> u64 {
                relay.add().await.expect("it runs")
            }

            async fn cast(server: &Self::Server, sent: Sent) {
                server.take(sent).await.expect("it runs");
            }

            async fn stop(server: Self::Server) {
                server.stop().await.expect("it stops");
            }
        }
    };
}

contender!(Inline, "genserver, fn", (), (), inline);
contender!(Asynchronous, "genserver, async fn", (), (async), asynchronous);
contender!(Queued, "genserver, queued", (inline = false), (), queued);
