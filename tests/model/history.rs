//! What was seen to happen, and what must hold of it. Its lock is the standard library's: it is
//! no step of the model, and one step runs at a time.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A message: its sender, and its number among the sender's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id {
    pub(crate) sender: u8,
    pub(crate) number: u8,
}

/// How far a message came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It waits for room.
    Room,
    /// In the queue, in the batch, or with an inline caller who holds the body.
    Taken,
    Begun,
    Done,
    /// Its handler was dropped.
    Interrupted,
    Refused,
    Withdrawn,
}

/// How a server came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// After what was queued before.
    After,
    /// After the running handler.
    Now,
    Kill,
}

#[derive(Default)]
pub(crate) struct History(Mutex<Record>);

#[derive(Default)]
struct Record {
    fates: BTreeMap<Id, Fate>,
    /// Those who wait for room, first come first.
    room: VecDeque<Id>,
    /// Messages that count against the bound, in queue and batch.
    counted: u32,
    /// The message whose handler runs.
    running: Option<Id>,
    /// The number of each sender's message that ran last.
    last: BTreeMap<u8, u8>,
    /// What had been taken when the first stop was asked for.
    before_stop: Option<BTreeSet<Id>>,
    /// Whether a handler has decided the end.
    quit: bool,
    ends: u32,
}

impl History {
    fn record(&self) -> MutexGuard<'_, Record> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A sender begins to wait for room.
    pub(crate) fn waits_for_room(&self, id: Id) {
        let mut record = self.record();
        record.fates.insert(id, Fate::Room);
        record.room.push_back(id);
    }

    /// A message goes into the queue.
    pub(crate) fn queued(&self, id: Id, bound: Option<u32>) {
        let mut record = self.record();
        if bound.is_some() {
            match record.fates.get(&id) {
                Some(Fate::Room) => {
                    assert_eq!(
                        record.room.pop_front(),
                        Some(id),
                        "waiting senders keep their turn"
                    );
                }
                _ => assert!(record.room.is_empty(), "{id:?} went past those who wait for room"),
            }
        }
        record.counted += 1;
        if let Some(bound) = bound {
            assert!(record.counted <= bound, "{} messages, room for {bound}", record.counted);
        }
        record.fates.insert(id, Fate::Taken);
    }

    /// An inline caller got the body.
    pub(crate) fn entered(&self, id: Id) {
        self.record().fates.insert(id, Fate::Taken);
    }

    /// A queued message does not count any more.
    pub(crate) fn uncounted(&self) {
        self.record().counted -= 1;
    }

    pub(crate) fn begun(&self, id: Id) {
        let mut record = self.record();
        assert_eq!(record.running.replace(id), None, "two handlers run at once");
        assert_eq!(record.ends, 0, "{id:?} runs on a server that ended");
        assert!(!record.quit, "{id:?} runs after the handler that ended its server");
        let fate = record.fates.insert(id, Fate::Begun);
        assert_eq!(fate, Some(Fate::Taken), "{id:?} runs");
        let last = record.last.insert(id.sender, id.number);
        assert!(last < Some(id.number), "{id:?} runs after number {last:?} of its sender");
        let early = record.before_stop.as_ref().is_none_or(|before| before.contains(&id));
        assert!(early, "{id:?} was sent after the stop and runs");
    }

    pub(crate) fn done(&self, id: Id) {
        let mut record = self.record();
        assert_eq!(record.running.take(), Some(id));
        record.fates.insert(id, Fate::Done);
    }

    /// The running handler ends its server.
    pub(crate) fn quits(&self) {
        self.record().quit = true;
    }

    /// A killed handler was dropped.
    pub(crate) fn interrupted(&self) {
        let mut record = self.record();
        if let Some(id) = record.running.take() {
            record.fates.insert(id, Fate::Interrupted);
        }
    }

    /// A killed server dropped a message with its handler, which may not have begun.
    pub(crate) fn dropped(&self, id: Id) {
        self.interrupted();
        let begun = self.record().fates.get(&id) != Some(&Fate::Taken);
        if !begun {
            self.refused(id);
        }
    }

    /// A message that nobody will handle.
    pub(crate) fn refused(&self, id: Id) {
        let mut record = self.record();
        record.room.retain(|&waits| waits != id);
        let fate = record.fates.insert(id, Fate::Refused);
        let waited = matches!(fate, None | Some(Fate::Room | Fate::Taken));
        assert!(waited, "{id:?} is refused and was {fate:?}");
    }

    /// A message was taken back.
    pub(crate) fn withdrawn(&self, id: Id) {
        let mut record = self.record();
        record.room.retain(|&waits| waits != id);
        let fate = record.fates.insert(id, Fate::Withdrawn);
        assert!(
            matches!(fate, Some(Fate::Room | Fate::Taken)),
            "{id:?} is taken back from {fate:?}"
        );
    }

    /// A stop is asked for, to come after what was taken by now.
    pub(crate) fn stop_asked(&self) {
        let mut record = self.record();
        let taken = |fate: &Fate| !matches!(fate, Fate::Room | Fate::Refused | Fate::Withdrawn);
        let before = record.fates.iter().filter(|(_, fate)| taken(fate)).map(|(&id, _)| id);
        let before: BTreeSet<Id> = before.collect();
        record.before_stop.get_or_insert(before);
    }

    /// The server closes.
    pub(crate) fn closes(&self, how: How) {
        let mut record = self.record();
        record.ends += 1;
        assert_eq!(record.ends, 1, "a server ends once");
        if let (How::After, Some(before)) = (how, &record.before_stop) {
            for id in before {
                let fate = record.fates[id];
                let over = matches!(fate, Fate::Done | Fate::Withdrawn);
                assert!(over, "{id:?} was sent before the stop and is {fate:?}");
            }
        }
    }

    pub(crate) fn is_done(&self, id: Id) -> bool {
        self.record().fates.get(&id) == Some(&Fate::Done)
    }

    /// The run is over: nothing is left open.
    pub(crate) fn is_complete(&self) {
        let record = self.record();
        assert_eq!(record.ends, 1, "a server ends once");
        assert_eq!(record.running, None);
        for (id, fate) in &record.fates {
            let open = matches!(fate, Fate::Room | Fate::Taken | Fate::Begun);
            assert!(!open, "{id:?} was left {fate:?}");
        }
    }
}
