//! What the gremlin does to the tree.

use std::sync::Arc;
use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{ChildPhase, ControlError, DynamicSupervisor, Strategy};

use super::clerk::{Mood, Note};
use super::steps::{Debt, Gremlin, Move};
use super::story::What;
use super::tree::{Kind, Plan, spec};

impl Gremlin {
    fn reason(&mut self) -> ExitReason {
        match self.random.below(4) {
            0 => ExitReason::Normal,
            1 => ExitReason::Shutdown,
            2 => ExitReason::ShutdownWith("moved".into()),
            _ => ExitReason::Other("tired".into()),
        }
    }

    /// Has a handler fail, in a call, a cast or an info.
    pub fn blow_up(&mut self) {
        let (site, how, time) = (self.victim(), self.random.below(5), self.time(1_500));
        let (client, books) = (self.client(&site), Arc::clone(&self.world.books));
        let what = format!("blow up {} {how}", site.path());
        let letter = books.write(self.sender());
        let number = letter.number();
        self.note(what.clone());
        self.world.ask(what, None, async move {
            let told = |sent: Result<(), SendError>| {
                books.sent(number, sent.is_ok());
                sent.map_err(|error| error.to_string())
            };
            let told_call = |answer: Result<(), ServerError>| {
                books.sent(number, false);
                answer.map_err(|error| error.to_string())
            };
            match how {
                0 => told_call(client.boom().await),
                1 => told_call(client.boom_after(time).await),
                2 => told(client.tear(letter).await),
                3 => told(client.reject(letter).await),
                _ => told(client.send_info(Note { letter, explodes: true }).await),
            }
        });
    }

    pub fn kill(&mut self) {
        let site = self.victim();
        let what = format!("kill {}", site.path());
        self.note(what.clone());
        let killed = site.client().kill();
        self.world.ask(what, None, async move { killed.await.map_err(|error| error.to_string()) });
    }

    /// Ends a clerk with any reason, in any way.
    pub fn stop(&mut self) {
        let (site, reason, how) = (self.victim(), self.reason(), self.random.below(4));
        let (what, client) = (format!("stop {} {how} {reason}", site.path()), site.client());
        self.note(what.clone());
        self.world.ask(what, None, async move {
            let came = match how {
                0 => client.stop_with(reason).await,
                1 => client.stop_now().await,
                2 => client.quit(reason).await,
                _ => {
                    client.exit(reason);
                    Ok(())
                }
            };
            came.map_err(|error| error.to_string())
        });
    }

    /// Has the next starts of a clerk fail or take long, and ends it.
    pub fn spoil_starts(&mut self) {
        let site = self.victim();
        let mood = match self.random.below(5) {
            0 | 1 => Mood::Fails,
            2 => Mood::Panics,
            3 => Mood::Stalls(Duration::from_millis(600)),
            _ => Mood::Stalls(Duration::from_millis(1_400)),
        };
        let times = self.random.below(4) + 1;
        let what = format!("spoil {} {mood:?} {times} times", site.path());
        self.note(what.clone());
        site.set_moods(vec![mood; times as usize]);
        let client = site.client();
        self.world.ask(what, None, async move { client.boom().await.map_err(|e| e.to_string()) });
    }

    pub fn kill_branch(&mut self) {
        let path = Arc::clone(&self.random.pick(&self.branches).path);
        self.end_branch("kill", &path, ExitReason::Killed);
    }

    pub fn stop_branch(&mut self) {
        let (path, reason) = (Arc::clone(&self.random.pick(&self.branches).path), self.reason());
        self.end_branch("stop", &path, reason);
    }

    fn end_branch(&self, how: &str, path: &Arc<str>, reason: ExitReason) {
        let what = format!("{how} the supervisor {path} {reason}");
        self.note(what.clone());
        let supervisor = Supervisor::named(Arc::clone(path));
        let ended = match reason {
            ExitReason::Killed => supervisor.kill(),
            reason => supervisor.stop_with(reason),
        };
        self.world.ask(what, None, async move { ended.await.map_err(|error| error.to_string()) });
    }

    /// A supervisor, and one of the clerks that it was started with.
    fn child(&mut self, only_alone: bool) -> Option<(Arc<str>, Arc<Plan>)> {
        let parent = Arc::clone(self.random.pick(&self.branches));
        let Kind::Branch(branch) = &parent.kind else { return None };
        if only_alone && branch.strategy != Strategy::OneForOne {
            return None;
        }
        let child = Arc::clone(self.random.pick(&branch.children));
        let is_clerk = matches!(child.kind, Kind::Clerk { .. });
        is_clerk.then(|| (Arc::clone(&parent.path), child))
    }

    /// Stops a child by hand, and may delete it; it is started again later.
    pub async fn terminate(&mut self, delete: bool) {
        let Some((parent, child)) = self.child(delete) else { return };
        self.note(format!("terminate {}", child.path));
        let Some(supervisor) = Supervisor::whereis(Arc::clone(&parent)) else { return };
        let stopped = supervisor.terminate_child(Arc::clone(&child.id)).await;
        let mut came = format!("{stopped:?}");
        if delete && stopped.is_ok() {
            let deleted = supervisor.delete_child(Arc::clone(&child.id)).await;
            if let (Ok(()), Some(id)) = (&deleted, supervisor.id()) {
                let (supervisor, path) = (self.world.story.nth(id), Arc::clone(&child.path));
                self.world.story.note(What::Deleted { supervisor, path });
            }
            came = format!("deleted: {deleted:?}");
        }
        self.note(format!("terminated {}: {came}", child.path));
        self.debts.push(Debt { parent, child });
    }

    /// Starts one that was stopped by hand.
    pub async fn pay(&mut self) {
        if self.debts.is_empty() {
            return;
        }
        let nth = self.random.below(u32::try_from(self.debts.len()).expect("few"));
        let debt = self.debts.swap_remove(nth as usize);
        let (path, id) = (Arc::clone(&debt.child.path), Arc::clone(&debt.child.id));
        let Some(supervisor) = Supervisor::whereis(Arc::clone(&debt.parent)) else {
            self.debts.push(debt);
            return;
        };
        if let Kind::Clerk { site, .. } = &debt.child.kind {
            site.set_moods(Vec::new());
        }
        let stands = supervisor.child(Arc::clone(&id)).await.map(|child| child.phase);
        if stands.as_ref().is_ok_and(|phase| *phase != ChildPhase::Stopped) {
            // Its supervisor has begun anew, and it with it.
            self.note(format!("pay {path}: paid"));
            return;
        }
        let world = Arc::clone(&self.world);
        let again = supervisor.restart_child(Arc::clone(&id));
        let again = world.by_hand(&path, again).await.map(|started| started.is_some());
        let mut came = format!("{again:?}");
        if again == Err(ControlError::NotFound) {
            let anew = supervisor.start(spec(&self.world, &debt.child));
            let anew = world.by_hand(&path, anew).await;
            if let (Ok(_), Some(supervisor)) = (&anew, supervisor.id()) {
                self.moves.push(Move { supervisor, id });
            }
            came = format!("anew: {:?}", anew.is_ok());
        } else if matches!(again, Err(ControlError::Start(_) | ControlError::Supervisor(_))) {
            self.debts.push(debt);
        }
        self.note(format!("pay {path}: {came}"));
    }

    /// Stops a room by hand.
    pub async fn close_room(&mut self) {
        let mut rooms = self.followers.iter().filter(|(path, _)| path.starts_with("root/rooms/"));
        let count = u32::try_from(rooms.clone().count()).expect("few");
        let nth = self.random.below(count.max(1)) as usize;
        let Some((path, client)) = rooms.nth(nth) else { return };
        let (path, client) = (Arc::clone(path), client.clone());
        self.followers.remove(&path);
        let closed = DynamicSupervisor::<()>::named("root/rooms").terminate_child(&client).await;
        self.note(format!("close {path}: {closed:?}"));
    }
}
