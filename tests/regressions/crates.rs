//! Servers of a crate that uses servers of another one: each client has an impl of `Client` in the
//! crate of its server, and rustc must see that they are for different types.

use genserver_runtime::prelude::*;
use tests::servers::{
    Bell, BellClient, Dark, Lamp, LampClient, LampStateName, Lit, Ring, Shelf, ShelfClient,
};

/// Rings a bell of the other crate at each visit.
struct Door {
    bell: BellClient,
}

#[genserver]
impl Door {
    #[init]
    fn new(bell: BellClient) -> Self {
        Self { bell }
    }

    #[call]
    async fn visit(&mut self) -> Result<Ring, ServerError> {
        self.bell.ring().await
    }
}

/// Generic, and holds a client of a generic server of the other crate.
struct Clerk<T: Send + 'static> {
    shelf: ShelfClient<T>,
}

#[genserver]
impl<T: Send + 'static> Clerk<T> {
    #[init]
    fn new(shelf: ShelfClient<T>) -> Self {
        Self { shelf }
    }

    #[call]
    async fn swap(&mut self, thing: T) -> Option<T> {
        let taken = self.shelf.take().await.ok().flatten();
        self.shelf.put(thing).await.ok()?;
        taken
    }
}

/// A machine whose states are the other crate's machine's.
struct Street;

#[genserver(states(Dark: initial, Lit))]
impl Street {
    #[call(Dark => Lit)]
    fn dusk(&self, st: &Dark) -> Next {
        st.goto(|_| Lit { watts: 400 })
    }

    #[call(Lit => Dark)]
    fn dawn(&self, st: &Lit) -> Next<u32> {
        st.goto(|_| Dark).reply(st.watts)
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_uses_the_server_of_another_crate() {
    let bell = Bell::start().name("bell of another crate").await.expect("it starts");
    let door = Door::start(BellClient::named("bell of another crate")).await.expect("it starts");
    assert_eq!(door.visit().await, Ok(Ring(1)));
    assert_eq!(bell.ring().await, Ok(Ring(2)));
}

#[tokio::test(start_paused = true)]
async fn a_supervisor_restarts_a_server_of_another_crate() {
    let supervisor = Supervisor::one_for_one().await.expect("it starts");
    let bell = supervisor.start_child("bell", Bell::start).await.expect("it starts");
    let door = supervisor.start_child("door", {
        let bell = bell.clone();
        move || Door::start(bell.clone())
    });
    let door = door.await.expect("it starts");
    assert_eq!(door.visit().await, Ok(Ring(1)));
    bell.crack().await.expect_err("it panics");
    assert_eq!(door.visit().await, Ok(Ring(1)));
}

#[tokio::test(start_paused = true)]
async fn a_generic_server_uses_the_generic_server_of_another_crate() {
    let shelf = Shelf::start().await.expect("it starts");
    let clerk = Clerk::start(shelf.clone()).await.expect("it starts");
    assert_eq!(clerk.swap("cup").await, Ok(None));
    assert_eq!(clerk.swap("jug").await, Ok(Some("cup")));
    assert_eq!(shelf.take().await, Ok(Some("jug")));
}

#[tokio::test(start_paused = true)]
async fn machines_of_two_crates_have_the_same_states() {
    let lamp: LampClient = Lamp::start(Lamp, Dark).await.expect("it starts");
    let street = Street::start(Street, Dark).await.expect("it starts");
    lamp.light(40).await.expect("it is dark");
    street.dusk().await.expect("it is dark");
    assert_eq!(lamp.state().await, Ok(LampStateName::Lit));
    assert_eq!(street.state().await, Ok(StreetStateName::Lit));
    assert_eq!(street.dawn().await, Ok(400));
    lamp.dim().await.expect("it is lit");
}
