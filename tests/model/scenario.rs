//! What senders do to one server, and what must come of it. Every scenario ends its server, waits
//! for every drain task, and leaves no message open: what waits for ever is a deadlock, which the
//! explorer reports.

use std::sync::{Arc, PoisonError};

use shuttle::future::block_on;
use shuttle::thread::{self, JoinHandle};

use crate::client::Client;
use crate::core::{Core, Setup};
use crate::ending;
use crate::history::How;
use crate::inbox::Task;
use crate::mistake::Mistake;
use crate::name::{Named, Names};
use crate::slot::Answer;

/// A scenario, with the mistake that is made in it.
pub(crate) type Scenario = fn(Option<Mistake>);

/// A server and its senders, each a thread.
struct Scene {
    core: Arc<Core>,
    threads: Vec<JoinHandle<()>>,
}

impl Scene {
    fn new(setup: Setup, mistake: Option<Mistake>) -> Self {
        Self { core: Core::new(setup, mistake), threads: Vec::new() }
    }

    fn sender(&mut self, program: impl FnOnce(&Client) + Send + 'static) {
        let sender = u8::try_from(self.threads.len()).expect("invariant: few senders");
        let client = Client::new(&self.core, sender);
        self.threads.push(thread::spawn(move || program(&client)));
    }

    /// Lets the senders come to their end, and the server to its own where nobody ended it yet.
    fn close(mut self) {
        self.join().end(How::After);
        self.ended();
    }

    fn join(&mut self) -> Client {
        for thread in self.threads.drain(..) {
            thread.join().expect("invariant: a panic ends the run");
        }
        Client::new(&self.core, u8::MAX)
    }

    /// The server has ended: so have its tasks, and nothing is open.
    fn ended(self) {
        while let Some(task) = self.next_drain() {
            block_on(task).expect("invariant: nobody aborts a drain task");
        }
        self.core.history.is_complete();
    }

    fn next_drain(&self) -> Option<shuttle::future::JoinHandle<()>> {
        self.core.drains.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

/// Calls and casts of several senders, with a drain task that parks and is retired.
pub(crate) fn callers(mistake: Option<Mistake>) {
    call_and_cast(Setup::default(), mistake);
}

/// The same from a server's first message on, when the drain task does not stay.
pub(crate) fn fresh_callers(mistake: Option<Mistake>) {
    call_and_cast(Setup { fresh: true, ..Setup::default() }, mistake);
}

fn call_and_cast(setup: Setup, mistake: Option<Mistake>) {
    let mut scene = Scene::new(setup, mistake);
    for _ in 0..2 {
        scene.sender(|client| {
            assert_eq!(client.cast(Task::Quick), Answer::Done);
            assert_eq!(client.call(Task::Quick), Answer::Done);
            assert_eq!(client.call(Task::Quick), Answer::Done);
            assert_eq!(client.cast(Task::Quick), Answer::Done);
        });
    }
    scene.sender(|client| {
        client.core.tick();
        client.core.tick();
    });
    scene.close();
}

/// A stop comes between the messages of others.
pub(crate) fn stop(mistake: Option<Mistake>) {
    let mut scene = Scene::new(Setup::default(), mistake);
    for _ in 0..2 {
        scene.sender(|client| {
            client.cast(Task::Quick);
            client.call(Task::Quick);
            client.cast(Task::Quick);
        });
    }
    scene.sender(|client| client.end(How::After));
    scene.close();
}

/// Ends of every kind are asked for at the same time.
pub(crate) fn several_ends(mistake: Option<Mistake>) {
    let mut scene = Scene::new(Setup { terminates: true, ..Setup::default() }, mistake);
    scene.sender(|client| {
        client.cast(Task::Quick);
        client.call(Task::Quick);
        client.call(Task::Quit);
    });
    for how in [How::After, How::Now, How::Kill] {
        scene.sender(move |client| client.end(how));
    }
    scene.close();
}

/// More senders than there is room for; one of them does not wait.
pub(crate) fn room(mistake: Option<Mistake>) {
    let mut scene = Scene::new(Setup { bound: Some(1), ..Setup::default() }, mistake);
    for _ in 0..2 {
        scene.sender(|client| {
            assert_eq!(client.cast(Task::Quick), Answer::Done);
            assert_eq!(client.call(Task::Quick), Answer::Done);
            assert_eq!(client.cast(Task::Quick), Answer::Done);
        });
    }
    scene.sender(|client| {
        client.cast_impatiently(Task::Quick);
        assert_eq!(client.cast(Task::Quick), Answer::Done);
    });
    scene.close();
}

/// Handlers that wait, begun inline or in the drain task, with messages and looks at the idle
/// drain task in between.
pub(crate) fn waiting_handler(mistake: Option<Mistake>) {
    let mut scene = Scene::new(Setup { bound: Some(2), ..Setup::default() }, mistake);
    for _ in 0..2 {
        scene.sender(|client| {
            assert_eq!(client.cast(Task::Quick), Answer::Done);
            assert_eq!(client.call(Task::Wait), Answer::Done);
            assert_eq!(client.call(Task::Quick), Answer::Done);
        });
    }
    scene.sender(|client| client.core.gate.fill(Answer::Done));
    scene.sender(|client| client.core.tick());
    scene.close();
}

/// A handler that waits for ever is killed while others send.
pub(crate) fn kill(mistake: Option<Mistake>) {
    let mut scene = Scene::new(Setup::default(), mistake);
    scene.sender(|client| {
        client.cast(Task::Quick);
        assert_ne!(client.call(Task::Wait), Answer::Done);
    });
    scene.sender(|client| {
        client.cast(Task::Quick);
        client.cast(Task::Quick);
    });
    scene.sender(|client| client.end(How::Kill));
    scene.close();
}

/// A `terminate` that never comes to its end is killed.
pub(crate) fn kill_at_end(mistake: Option<Mistake>) {
    let setup = Setup { terminates: true, stuck: true, ..Setup::default() };
    let mut scene = Scene::new(setup, mistake);
    scene.sender(|client| {
        client.cast(Task::Quick);
        client.call(Task::Quick);
    });
    for how in [How::After, How::Kill] {
        scene.sender(move |client| client.end(how));
    }
    scene.close();
}

/// A handler ends its server in the middle of a batch.
pub(crate) fn quit_in_batch(mistake: Option<Mistake>) {
    let mut scene = Scene::new(Setup::default(), mistake);
    scene.sender(|client| {
        client.cast(Task::Quick);
        client.cast(Task::Quit);
        client.cast(Task::Quick);
    });
    scene.sender(|client| {
        client.call(Task::Quick);
    });
    scene.close();
}

/// A handler ends its server, while others send and the drain task may be parked.
pub(crate) fn quit(mistake: Option<Mistake>) {
    let mut scene = Scene::new(Setup { terminates: true, ..Setup::default() }, mistake);
    scene.sender(|client| {
        client.cast(Task::Quick);
        client.call(Task::Quit);
        assert_eq!(client.call(Task::Quick), Answer::Refused);
    });
    scene.sender(|client| {
        client.cast(Task::Quick);
        client.call(Task::Quick);
    });
    scene.close();
}

/// The last client goes, while a handler makes a new one.
pub(crate) fn orphan(mistake: Option<Mistake>) {
    let mut scene = Scene::new(Setup::default(), mistake);
    scene.sender(|client| client.core.let_go());
    scene.sender(|client| {
        if client.call(Task::Hold) == Answer::Done {
            assert_eq!(client.call(Task::Quick), Answer::Done, "a server with a client lives");
            assert_eq!(client.cast(Task::Quick), Answer::Done, "a server with a client lives");
            client.core.let_go();
        }
    });
    scene.join();
    // Nobody asks for the end: that of the last client is enough.
    scene.ended();
}

/// The last client goes, a handler that is queued then makes a new one, and a stop is asked for:
/// the end that the first asked for is void, the other is not.
pub(crate) fn revived(mistake: Option<Mistake>) {
    let mut scene = Scene::new(Setup::default(), mistake);
    scene.sender(|client| {
        client.cast(Task::Wait);
        client.cast(Task::Hold);
        client.core.let_go();
        client.core.gate.fill(Answer::Done);
    });
    scene.sender(|client| client.end(How::After));
    scene.close();
}

/// Messages leave the middle of the queue, before and behind a stop.
pub(crate) fn withdrawn(mistake: Option<Mistake>) {
    let mut scene = Scene::new(Setup::default(), mistake);
    scene.sender(|client| {
        client.cast(Task::Wait);
        client.cast(Task::Quick);
        client.cast(Task::Quick);
    });
    scene.sender(|client| {
        client.call_in_a_circle(Task::Quick);
        client.call_in_a_circle(Task::Quick);
        client.core.gate.fill(Answer::Done);
    });
    scene.sender(|client| client.end(How::After));
    scene.close();
}

/// A server with a name ends, and another gets the name, while a client by name calls.
pub(crate) fn name(mistake: Option<Mistake>) {
    inherit(mistake, |client| client.end(How::After));
}

/// The same of a server that ends because nobody uses it.
pub(crate) fn name_at_rest(mistake: Option<Mistake>) {
    inherit(mistake, |client| {
        if !ending::passivate(&client.core) {
            client.end(How::After);
        }
    });
}

fn inherit(mistake: Option<Mistake>, end: impl FnOnce(&Client) + Send + 'static) {
    let mut scene = Scene::new(Setup::default(), mistake);
    let heir = Scene::new(Setup::default(), mistake);
    let names = Arc::new(Names::default());
    names.claim(&scene.core);
    let by_name = Arc::new(Named::new(&names));
    assert!(by_name.locate().is_some(), "it has the name");
    let clone = Arc::clone(&by_name);
    scene.sender(move |client| {
        client.call_by_name(&clone, Task::Quick);
    });
    scene.sender(end);
    let core = Arc::clone(&heir.core);
    scene.sender(move |client| {
        names.claim(&core);
        let found = by_name.locate().expect("somebody has the name");
        assert!(Arc::ptr_eq(&found, &core), "the old holder was found by name");
        assert_eq!(client.call_by_name(&by_name, Task::Quick), Some(Answer::Done));
    });
    scene.close();
    heir.close();
}

/// An idle server is ended where it is asked to, while others send.
pub(crate) fn idle_end(mistake: Option<Mistake>) {
    let mut scene = Scene::new(Setup { fresh: true, ..Setup::default() }, mistake);
    scene.sender(|client| {
        client.call(Task::Quick);
        client.cast(Task::Quick);
    });
    scene.sender(|client| {
        client.call(Task::Wait);
    });
    scene.sender(|client| client.core.gate.fill(Answer::Done));
    for how in [How::After, How::Kill] {
        scene.sender(move |client| client.end(how));
    }
    scene.close();
}
