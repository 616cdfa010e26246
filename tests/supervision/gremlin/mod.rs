//! A gremlin in a tree of a thousand servers under load: it panics handlers, kills servers, stalls
//! inits and fills mailboxes. At the end the tree has its shape, supervisors gave up when they had to
//! and not before, nobody waits for an answer, no name is stale; and the same seed tells the same story.
//!
//! On one thread, with a paused clock. A failing seed is told with what is wrong.

mod books;
mod clerk;
mod harm;
mod load;
mod model;
#[path = "../../stress/random.rs"]
#[allow(dead_code, reason = "the other tests use the rest of it")]
mod random;
mod shape;
mod steps;
mod story;
mod tree;
mod world;

use std::panic;
use std::sync::{Arc, Once};
use std::time::Duration;

use genserver_runtime::prelude::*;
use tokio::runtime::{Builder, Handle};

use self::books::Fate;
use self::model::Model;
use self::random::Random;
use self::shape::{Shape, check_end};
use self::steps::Gremlin;
use self::story::{Line, What, difference};
use self::tree::{Kind, Plan, build, plan_tree};
use self::world::World;
use crate::support::pass;

const STEPS: u32 = 2_000;

/// How many servers there are before the first step.
const SERVERS: usize = 1_000;

/// Longer than anything goes on by itself.
const QUIET: Duration = Duration::from_secs(300);

/// Panics that the gremlin brings about are not printed.
fn hush() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let loud = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let payload = info.payload();
            let text = payload.downcast_ref::<&str>().copied();
            let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
            if !text.is_some_and(|text| text.starts_with("expected: ")) {
                loud(info);
            }
        }));
    });
}

/// Checks all that a seed brings about; its story.
#[track_caller]
fn check(seed: u64) -> Vec<Line> {
    hush();
    let mut runtime = Builder::new_current_thread();
    let runtime = runtime.enable_all().start_paused(true).build().expect("it can be built");
    let (faults, lines) = runtime.block_on(play(seed));
    let few: Vec<_> = faults.iter().take(20).collect();
    assert!(faults.is_empty(), "seed {seed}, {} faults: {few:#?}", faults.len());
    lines
}

async fn play(seed: u64) -> (Vec<String>, Vec<Line>) {
    let world = World::new();
    let _listening = world.story.listen();
    let plan = plan_tree(&world);
    let Kind::Branch(branch) = &plan.kind else { unreachable!("the root is one") };
    let root = build(&world, &plan.path, branch).await.expect("all begin well");
    let mut gremlin = Gremlin::new(&world, &plan, Random::new(seed));
    while count_servers(&world, &plan) < SERVERS {
        gremlin.open_room().await;
    }
    gremlin.run(STEPS).await;
    let mut faults = calm(&mut gremlin).await;
    if root.is_running() {
        faults.extend(look(&gremlin, &root).await);
        faults.extend(work(&gremlin).await);
        if let Err(error) = root.stop().await {
            faults.push(format!("the root: {error}"));
        }
    } else {
        faults.push("the root gave up".to_owned());
    }
    pass(QUIET).await;
    faults.extend(world.watching().into_iter().map(|who| format!("still watches: {who}")));
    faults.extend(check_end(&world, &plan));
    faults.extend(world.books.faults());
    faults.extend(lacks(&world));
    faults.extend(world.faults());
    let (told, dead) = (dead_of(&world.story.lines()), world.books.count(Fate::Dead));
    if told != dead {
        faults.push(format!("told of {told} dead letters, and there are {dead}"));
    }
    drop((root, gremlin));
    let tasks = Handle::current().metrics().num_alive_tasks();
    if tasks > 1 {
        faults.push(format!("{tasks} tasks are left"));
    }
    (faults, world.story.lines())
}

/// How many servers there are.
fn count_servers(world: &World, plan: &Arc<Plan>) -> usize {
    let supervisors = plan.all().iter().filter(|plan| plan.limit().is_some()).count();
    supervisors + world.sites().iter().filter(|site| site.alive() > 0).count()
}

/// Lets all that goes on come to its end.
async fn calm(gremlin: &mut Gremlin) -> Vec<String> {
    let world = Arc::clone(&gremlin.world);
    for site in world.sites() {
        site.set_moods(Vec::new());
    }
    pass(QUIET).await;
    for _ in 0..2 * gremlin.debts.len() {
        gremlin.pay().await;
    }
    pass(QUIET).await;
    let owed = gremlin.debts.iter().map(|debt| format!("still owed: {}", debt.child.path));
    let waiting = world.waiting().into_iter().map(|who| format!("still waits: {who}"));
    owed.chain(waiting).collect()
}

/// Whether the tree is as it is meant to be, and as the story says.
async fn look(gremlin: &Gremlin, root: &Supervisor) -> Vec<String> {
    let (world, plan) = (&gremlin.world, &gremlin.plan);
    let root = world.story.nth(root.id().expect("it runs"));
    let model = Model::read(plan, root, &world.story.lines());
    let mut shape = Shape { world, model: &model, moves: &gremlin.moves, faults: Vec::new() };
    shape.check(plan).await;
    let mut faults = shape.faults;
    faults.extend(model.faults);
    faults
}

/// Whether all that are there answer, and only they.
async fn work(gremlin: &Gremlin) -> Vec<String> {
    let mut faults = Vec::new();
    for site in gremlin.world.sites() {
        let mut clients = vec![site.client()];
        clients.extend(gremlin.followers.get(site.path()).cloned());
        for client in clients {
            let answer = client.work().await;
            if answer.is_ok() != (site.alive() == 1) {
                faults.push(format!("{} answers {answer:?}", site.path()));
            }
        }
    }
    faults
}

/// How many dead letters of clerks the library tells of.
fn dead_of(lines: &[Line]) -> usize {
    let dead = lines.iter().filter_map(|line| match &line.what {
        What::Dead { server, count, .. } if server == "Clerk" => Some(*count),
        _ => None,
    });
    usize::try_from(dead.sum::<u64>()).expect("few")
}

/// What a story without enough trouble lacks: such a one would show little.
fn lacks(world: &World) -> Vec<String> {
    let lines = world.story.lines();
    let count = |what: fn(&What) -> bool| lines.iter().filter(|line| what(&line.what)).count();
    let told = [
        ("ends", count(|what| matches!(what, What::Terminated { .. })), 300),
        ("failed starts", count(|what| matches!(what, What::NotStarted { .. })), 30),
        ("supervisors that gave up", count(|what| matches!(what, What::GaveUp { .. })), 5),
        ("deleted children", count(|what| matches!(what, What::Deleted { .. })), 1),
        ("dead letters", world.books.count(Fate::Dead), 50),
        ("letters in a dying hand", world.books.count(Fate::Begun), 10),
        ("letters that were handled", world.books.count(Fate::Handled), 500),
        ("letters that were refused", world.books.count(Fate::Unread), 50),
    ];
    let few = told.into_iter().filter(|(_, count, least)| count < least);
    few.map(|(what, count, least)| format!("{what}: {count} instead of {least}")).collect()
}

#[test]
fn a_tree_of_a_thousand_servers_outlives_a_gremlin() {
    let (one, other) = (check(2), check(3));
    assert!(difference(&one, &other).is_some(), "the seed is of no consequence");
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let (one, again) = (check(1), check(1));
    assert_eq!(difference(&one, &again), None);
}
