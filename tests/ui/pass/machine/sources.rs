//! Enums of sources: of generic machines, of states of another module, under other names.
#![deny(warnings, missing_docs)]

use genserver_runtime::prelude::*;

mod common {
    pub struct Empty;
    pub struct Half<T>(pub T);
}

use common::Empty;

struct Full<T, const N: usize>([T; N]);
struct Sealed;

/// Holds what it is given.
pub struct Jar<T, F, const N: usize> {
    seal: F,
    _of: std::marker::PhantomData<fn() -> T>,
}

#[genserver(states(Empty: initial, Open { common::Half<T>, Full<T, N> }, Sealed: terminal))]
impl<T, F, const N: usize> Jar<T, F, N>
where
    T: Copy + Send + Sync + 'static,
    F: for<'a> Fn(&'a T) -> bool + Send + Sync + 'static,
{
    /// Fills it.
    #[call(fill: Empty => Open, Half => Full | Sealed)]
    pub async fn fill_it(&self, st: JarFillFrom<'_, T, F, N>, with: T) -> Result<Next<usize>, T> {
        std::future::ready(()).await;
        match st {
            JarFillFrom::Empty(at) if N == 1 => Ok(at.goto(move |Empty| Full([with; N])).reply(1)),
            JarFillFrom::Empty(at) => Ok(at.goto(move |_| common::Half(with)).reply(1)),
            JarFillFrom::Half(at) if (self.seal)(&with) => Ok(at.goto(|_| Sealed).refuse(at.0)),
            JarFillFrom::Half(at) => Ok(at.goto(move |_| Full([with; N])).reply(N)),
        }
    }

    #[cast(Open => Empty, Empty)]
    fn r#move(&mut self, st: JarMoveFrom<'_, T, F, N>, cx: &mut Cx<Self>) -> Next {
        let _ = cx.id();
        match st {
            JarMoveFrom::Open(at) => at.goto_mut(|_, open: Open<T, N>| {
                drop(open);
                Empty
            }),
            JarMoveFrom::Empty(at) => at.stay(),
        }
    }

    #[call(Half | Full)]
    fn first(&self, st: JarFirstFrom<'_, T, F, N>) -> Option<T> {
        match st {
            JarFirstFrom::Half(at) => Some(at.0),
            JarFirstFrom::Full(at) => at.0.first().copied(),
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let jar = Jar { seal: |_: &u8| false, _of: std::marker::PhantomData };
    let jar = Jar::<_, _, 3>::start(jar, Empty).await.unwrap();
    assert_eq!(jar.fill(7).await.unwrap(), 1);
    assert_eq!(jar.first().await.unwrap(), Some(7));
    assert_eq!(jar.fill(8).await.unwrap(), 3);
    assert_eq!(jar.first().await.unwrap(), Some(8));
    jar.r#move().await.unwrap();
    assert!(jar.first().await.is_err());
}
