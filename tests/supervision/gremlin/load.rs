//! What others want of the tree meanwhile.

use std::sync::Arc;
use std::time::Duration;

use genserver_runtime::ServerError as Error;
use genserver_runtime::prelude::*;

use super::books::Books;
use super::clerk::{ClerkClient, Note};
use super::steps::Gremlin;

/// The time-out of a call that is given none.
const DEFAULT: Duration = Duration::from_secs(5);

fn told(answer: Result<u64, Error>) -> Result<u64, String> {
    answer.map_err(|error| error.to_string())
}

impl Gremlin {
    /// A call that is done at once, with every time-out.
    pub fn call(&mut self) {
        let (site, how, time) = (self.victim(), self.random.below(3), self.time(900));
        let (what, client) = (format!("call {} {how}", site.path()), self.client(&site));
        let limit = [Some(time), Some(DEFAULT), None][how as usize];
        self.world.ask(what, limit, async move {
            told(match how {
                0 => client.work().timeout(time).await,
                1 => client.work().await,
                _ => client.work().no_timeout().await,
            })
        });
    }

    /// A call that takes its time.
    pub fn keep_busy(&mut self) {
        let (site, patient, time) = (self.victim(), self.random.one_in(2), self.time(4_000));
        let client = self.client(&site);
        let what = format!("keep {} busy for {time:?}", site.path());
        let limit = (!patient).then(|| Duration::from_secs(1));
        self.world.ask(what, limit, async move {
            let call = client.ponder(time);
            told(match limit {
                Some(limit) => call.timeout(limit).await,
                None => call.no_timeout().await,
            })
        });
    }

    /// Some letters, one after the other.
    pub fn send_letters(&mut self) {
        let (site, count, sender) = (self.victim(), self.random.below(6) + 1, self.sender());
        let client = self.client(&site);
        let (what, books) =
            (format!("send {count} to {}", site.path()), Arc::clone(&self.world.books));
        self.world.ask(what, None, async move {
            let mut taken = 0;
            for nth in 0..count {
                taken += u32::from(send(&client, &books, sender, nth).await);
            }
            taken
        });
    }

    /// Keeps a clerk busy, and fills its mailbox up meanwhile.
    pub fn fill(&mut self) {
        let (site, sender, time) = (self.victim(), self.sender(), self.time(3_000));
        let (client, books) = (site.client(), Arc::clone(&self.world.books));
        let mut taken = Vec::new();
        for nth in 0..40 {
            let letter = books.write(sender);
            let number = letter.number();
            let sent = match nth {
                0 => client.study(letter, time).try_send(),
                _ => client.read(letter).try_send(),
            };
            books.sent(number, sent.is_ok());
            taken.push(sent.is_ok());
            if sent.is_err() {
                break;
            }
        }
        let count = taken.iter().filter(|taken| **taken).count();
        self.note(format!("fill {}: {count}", site.path()));
        // More wait for room.
        let (what, more) = (format!("squeeze into {}", site.path()), self.random.below(4));
        self.world.ask(what, None, async move {
            let mut taken = 0;
            for _ in 0..more {
                taken += u32::from(send(&client, &books, sender, 1).await);
            }
            taken
        });
    }

    /// Waits for the end of a clerk.
    pub fn watch(&mut self) {
        let site = self.victim();
        let (what, monitor) = (format!("watch {}", site.path()), self.client(&site).monitor());
        self.world.watch(what, async move { monitor.await.reason.to_string() });
    }

    /// Has two clerks end together.
    pub fn link(&mut self) {
        let (one, other) = (self.victim(), self.victim());
        let what = format!("link {} with {}", one.path(), other.path());
        let (one, other) = (one.client(), other.client());
        self.world.ask(what, Some(DEFAULT), async move {
            one.link(other).await.map_err(|error| error.to_string())
        });
    }
}

/// Sends a letter; whether it was taken.
async fn send(client: &ClerkClient, books: &Arc<Books>, sender: usize, nth: u32) -> bool {
    let letter = books.write(sender);
    let number = letter.number();
    let sent = match nth % 3 {
        0 => client.read(letter).await,
        1 => client.study(letter, Duration::from_millis(50)).await,
        _ => client.send_info(Note { letter, explodes: false }).await,
    };
    books.sent(number, sent.is_ok());
    sent.is_ok()
}
