//! Several methods for one message: of a generic machine, of all kinds, with one client method.
#![deny(warnings, missing_docs, clippy::pedantic)]
// The shapes are what it is about.
#![allow(clippy::unnecessary_wraps)]

use genserver_runtime::prelude::*;

/// Takes an item.
pub struct Empty;
/// Takes another one.
pub struct Holding<T>(T);
/// Takes nothing any more.
pub struct Shut;

/// What is in the box.
pub enum Found<T> {
    /// This.
    This(T),
    /// Nothing.
    Nothing,
}

/// A box with a lid.
pub struct Crate<T, const N: usize> {
    taken: Vec<T>,
}

#[genserver(states(Empty: initial, Holding<T>, Shut: terminal))]
impl<T: Clone + Send + Sync + 'static, const N: usize> Crate<T, N> {
    #[call(swap: Empty => Holding)]
    fn put(&self, st: &Empty, item: T) -> Next<Option<T>> {
        st.goto(|_| Holding(item)).reply(None)
    }

    /// Gives back what was in it.
    #[call(swap: Holding => Holding)]
    #[must_use]
    pub async fn exchange(&self, st: &Holding<T>, item: T) -> Next<Option<T>> {
        std::future::ready(()).await;
        let old = st.0.clone();
        st.goto(|_| Holding(item)).reply(Some(old))
    }

    #[call(find: Empty | Shut)]
    fn find_nothing(&mut self, reply: ReplyTo<Found<T>>) {
        reply.reply(Found::Nothing).ok();
    }

    #[call(find: Holding)]
    fn find_it(&mut self, st: &Holding<T>, reply: ReplyTo<Found<T>>) {
        reply.reply(Found::This(st.0.clone())).ok();
    }

    #[cast(r#move: Empty, unbounded)]
    fn move_empty(&mut self) {}

    #[cast(r#move: Holding => Shut, unbounded)]
    fn move_full(&mut self, st: &Holding<T>) -> Result<Next, Crash> {
        self.taken.push(st.0.clone());
        Ok(st.goto(|_| Shut))
    }

    #[info(Empty)]
    fn on_item(&mut self, item: [T; N]) {
        self.taken.extend(item);
    }

    #[info(Holding | Shut)]
    async fn on_item_late(&mut self, st: CrateOnItemLateFrom<'_, T, N>, item: [T; N]) {
        std::future::ready(()).await;
        if let CrateOnItemLateFrom::Shut(_) = st {
            self.taken.extend(item);
        }
    }

    #[call]
    fn taken(&self) -> usize {
        self.taken.len()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let held = Crate::<u8, 2>::start(Crate { taken: Vec::new() }, Empty).await.unwrap();
    held.send_info([1, 2]).await.unwrap();
    assert!(matches!(held.find().await.unwrap(), Found::Nothing));
    assert_eq!(held.swap(7).await.unwrap(), None);
    assert_eq!(held.swap(8).await.unwrap(), Some(7));
    held.send_info([1, 2]).await.unwrap();
    assert!(matches!(held.find().await.unwrap(), Found::This(8)));
    held.r#move().post().unwrap();
    assert_eq!(held.taken().await.unwrap(), 3);
    assert_eq!(held.state().await.unwrap(), CrateStateName::Shut);
    assert_eq!(CrateMessage::Move.to_string(), "move");
}
