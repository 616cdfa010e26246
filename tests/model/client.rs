//! The senders' side.

use std::cell::Cell;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use shuttle::future::block_on;

use crate::core::{Core, Sent, Wait};
use crate::drain::{self, watched};
use crate::ending;
use crate::history::{How, Id};
use crate::inbox::{Body, Item, Task};
use crate::mistake::Mistake;
use crate::name::Named;
use crate::slot::{Answer, Slot};

/// One sender; its thread waits for what it sends.
pub(crate) struct Client {
    pub(crate) core: Arc<Core>,
    sender: u8,
    number: Cell<u8>,
}

impl Client {
    pub(crate) fn new(core: &Arc<Core>, sender: u8) -> Self {
        Self { core: Arc::clone(core), sender, number: Cell::new(0) }
    }

    /// The same sender, who has found another server.
    fn at(&self, core: Arc<Core>) -> Self {
        Self { core, sender: self.sender, number: Cell::new(0) }
    }

    fn next(&self) -> Id {
        self.number.set(self.number.get() + 1);
        Id { sender: self.sender, number: self.number.get() }
    }

    /// A call: inline where the server is idle, queued otherwise.
    pub(crate) fn call(&self, task: Task) -> Answer {
        let id = self.next();
        let answer = match self.core.try_enter(id) {
            Some(body) => block_on(self.call_inline(body, id, task)),
            None => block_on(self.call_queued(id, task)),
        };
        let ran = self.core.history.is_done(id);
        assert_eq!(ran, answer == Answer::Done, "{id:?} was answered {answer:?}");
        answer
    }

    async fn call_inline(&self, mut body: Box<Body>, id: Id, task: Task) -> Answer {
        let reply = Arc::new(Slot::new());
        let core = Arc::clone(&self.core);
        let mut begun = Box::pin(async move {
            drain::handle(&core, &mut body, id, task).await;
            body
        });
        let first = poll_fn(|cx| match begun.as_mut().poll(cx) {
            Poll::Ready(body) => Poll::Ready(Some(body)),
            Poll::Pending => {
                self.core.waits(None);
                Poll::Ready(None)
            }
        });
        let Some(mut body) = first.await else {
            drain::take_over(&self.core, Box::pin(self.rest(begun, Arc::clone(&reply))));
            return reply.wait().await;
        };
        let Some(ending) = &mut body.ending else {
            self.core.leave(body);
            return Answer::Done;
        };
        ending.reply = Some(Arc::clone(&reply));
        self.core.leave(body);
        reply.wait().await
    }

    /// What is left of a handler that began inline, for the drain task.
    fn rest(
        &self,
        begun: impl Future<Output = Box<Body>> + Send + 'static,
        reply: Arc<Slot>,
    ) -> impl Future<Output = Result<Box<Body>, Arc<Slot>>> + Send + 'static {
        let core = Arc::clone(&self.core);
        async move {
            let Ok(body) = watched(&core, begun).await else {
                core.history.interrupted();
                return Err(reply);
            };
            reply.fill(Answer::Done);
            core.tidy();
            Ok(body)
        }
    }

    /// The slot knows who waits before it is sent, and the first poll does not look at it; every other caller is
    /// in another runtime, and its first poll looks.
    async fn call_queued(&self, id: Id, task: Task) -> Answer {
        let late = self.core.makes(Mistake::CallerWakerLate);
        let abroad = (id.sender + id.number).is_multiple_of(2);
        let mut sent: Option<Arc<Slot>> = None;
        poll_fn(|cx| {
            if let Some(reply) = &sent {
                return reply.poll(cx);
            }
            let reply = Arc::new(if late || abroad { Slot::new() } else { Slot::awaited(cx) });
            let item = Item { id, task, reply: Some(Arc::clone(&reply)) };
            if let Sent::Refused = self.core.send(item, Wait::Silent) {
                return Poll::Ready(Answer::Refused);
            }
            if late {
                reply.keep(cx);
            } else if abroad && let Poll::Ready(answer) = reply.poll(cx) {
                return Poll::Ready(answer);
            }
            sent = Some(reply);
            Poll::Pending
        })
        .await
    }

    /// A call by name; `None` where nobody holds it but the one that refused.
    pub(crate) fn call_by_name(&self, named: &Named, task: Task) -> Option<Answer> {
        let mut tried = None;
        loop {
            let core = named.locate()?;
            if tried.is_some_and(|tried| Arc::ptr_eq(&tried, &core)) {
                return None;
            }
            match self.at(Arc::clone(&core)).call(task) {
                Answer::Refused => tried = Some(core),
                answer => return Some(answer),
            }
        }
    }

    /// A cast: returns when it is in the mailbox.
    pub(crate) fn cast(&self, task: Task) -> Answer {
        let id = self.next();
        match self.core.send(Item { id, task, reply: None }, Wait::Told) {
            Sent::Waiting(Some(accepted)) => block_on(accepted.wait()),
            Sent::Queued | Sent::Waiting(None) => Answer::Done,
            Sent::Refused => Answer::Refused,
        }
    }

    /// A cast by a sender that does not wait for room.
    pub(crate) fn cast_impatiently(&self, task: Task) {
        let id = self.next();
        if let Sent::Waiting(_) = self.core.send(Item { id, task, reply: None }, Wait::Told) {
            self.core.withdraw_waiting(id);
        }
    }

    /// A queued call that is taken back, as one that would wait for itself is.
    pub(crate) fn call_in_a_circle(&self, task: Task) {
        let id = self.next();
        if let Sent::Queued = self.core.send(Item { id, task, reply: None }, Wait::Silent) {
            self.core.withdraw_queued(id);
        }
    }

    /// Asks for an end and waits for it.
    pub(crate) fn end(&self, how: How) {
        let done = Arc::new(Slot::new());
        ending::ask(&self.core, how, false, Some(Arc::clone(&done)));
        block_on(done.wait());
    }
}
