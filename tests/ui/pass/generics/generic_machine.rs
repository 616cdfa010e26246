//! Generic machines: each enum has the parameters that its states mention.
#![deny(warnings)]

use std::fmt::Display;

use genserver_runtime::prelude::*;

#[derive(Clone, Debug)]
pub struct Waiting;
#[derive(Clone, Debug)]
pub struct Loaded<T> {
    item: T,
}
#[derive(Clone, Debug)]
pub struct Tagged<T, const N: usize> {
    item: T,
    tags: [u8; N],
}
#[derive(Clone, Debug)]
pub struct Failed<E>(E);

pub struct Loader<T, E, U, const N: usize> {
    unused: U,
    _types: std::marker::PhantomData<fn() -> (T, E)>,
}

#[genserver(
    states(Waiting: initial, Full { Loaded<T>, Tagged<T, N>: terminal }, Failed<E>: terminal),
    derive(Clone, Debug)
)]
impl<T, E, U, const N: usize> Loader<T, E, U, N>
where
    T: Clone + Display + Send + Sync + 'static,
    E: Clone + From<String> + Send + Sync + 'static,
    U: Send + Sync + 'static,
{
    #[init]
    pub fn new(unused: U) -> (Self, Waiting) {
        (Self { unused, _types: std::marker::PhantomData }, Waiting)
    }

    #[call(Waiting => Loaded | Failed)]
    pub async fn load(&self, st: &Waiting, item: Option<T>) -> Result<Next<T>, E> {
        match item {
            Some(item) => Ok(st
                .goto({
                    let item = item.clone();
                    |_| Loaded { item }
                })
                .reply(item)),
            None => {
                Ok(st.goto(|_| Failed(E::from("none".to_owned()))).refuse("none".to_owned().into()))
            }
        }
    }

    #[call(Loaded => Tagged)]
    pub fn tag(&self, st: &Loaded<T>, tags: [u8; N]) -> Next<String> {
        let text = st.item.to_string();
        st.goto(move |Loaded { item }| Tagged { item, tags }).reply(text)
    }

    #[call(Full)]
    pub fn item(&self, st: &Full<T, N>) -> T {
        match st {
            Full::Loaded(Loaded { item }) | Full::Tagged(Tagged { item, .. }) => item.clone(),
        }
    }

    #[call]
    pub fn shown(&self, st: &LoaderState<T, E, N>) -> String {
        let _ = &self.unused;
        match st {
            LoaderState::Full(Full::Tagged(tagged)) => format!("{:?}", tagged.tags),
            LoaderState::Failed(Failed(_)) => "failed".into(),
            _ => "other".into(),
        }
    }
}

pub struct Empty;
pub struct Holds<T>(T);
pub struct Spoilt<E>(E);

pub struct Shelf<T, E, const N: usize> {
    seen: Vec<T>,
    _errors: std::marker::PhantomData<fn() -> E>,
}

#[genserver(states(Empty: initial, Used { Holds<T>, Spoilt<E> }), otherwise = postpone)]
impl<T, E, const N: usize> Shelf<T, E, N>
where
    T: Clone + Send + Sync + 'static,
    E: std::error::Error + Default + Send + Sync + 'static,
{
    const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

    #[call(Empty => Holds)]
    pub fn put(&self, st: &Empty, item: T) -> Next {
        st.goto(|_| Holds(item))
    }

    #[call(Used => Empty, otherwise = postpone(Empty))]
    pub fn take(&self) {}

    #[call]
    pub fn seen(&self) -> usize {
        self.seen.len() * N
    }

    #[enter(Holds)]
    fn note(&mut self, st: &mut Holds<T>, cx: &mut StateCx<Self>) -> Enter {
        let _ = cx.name();
        self.seen.push(st.0.clone());
        Enter::Done
    }

    #[enter(Used)]
    async fn look(&mut self, st: &Used<T, E>) {
        let _ = st;
        tokio::task::yield_now().await;
    }

    #[exit(Used)]
    async fn clear(&mut self, t: &Transition) {
        assert!(t.states::<Self>().is_some());
    }

    #[transition]
    async fn save(&self, now: &ShelfState<T, E>) -> Result<(), E> {
        match now {
            ShelfState::Used(Used::Spoilt(_)) => Err(E::default()),
            _ => Ok(()),
        }
    }

    #[state_timeout(Holds, after = Self::PATIENCE => Spoilt)]
    fn spoil(&self, st: &Holds<T>) -> Next {
        st.goto(|_| Spoilt(E::default()))
    }

    #[state_timeout(Spoilt, until = Self::removal => Empty)]
    async fn remove(&mut self) {}

    fn removal(&self, st: &Spoilt<E>) -> Option<tokio::time::Instant> {
        st.0.source().map(|_| tokio::time::Instant::now())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let shelf: Shelf<u8, std::fmt::Error, 3> =
        Shelf { seen: Vec::new(), _errors: std::marker::PhantomData };
    let shelf = Shelf::start(shelf, Empty).await.unwrap();
    let taken = shelf.take().send().await.unwrap();
    shelf.put(1).await.unwrap();
    taken.await.unwrap();
    assert_eq!(shelf.seen().await.unwrap(), 3);
    let loader = Loader::<u8, String, (), 2>::start(()).await.unwrap();
    assert_eq!(loader.load(Some(7)).await.unwrap(), 7);
    assert_eq!(loader.tag([1, 2]).await.unwrap(), "7");
    assert_eq!(loader.shown().await.unwrap(), "[1, 2]");
    assert_eq!(loader.item().await.unwrap(), 7);
    let loader = Loader::<u8, String, u8, 0>::start(0).await.unwrap();
    assert_eq!(loader.load(None).await.split().unwrap(), Err("none".to_owned()));
    assert_eq!(loader.shown().await.unwrap(), "failed");
}
