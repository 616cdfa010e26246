//! Tests that a machine's declaration generates: the real server, driven over its graph.

use std::fmt;
use std::marker::PhantomData;

use crate::client::Client;
use crate::machine::explorer::Explorer;
use crate::machine::probe::Probe;
use crate::machine::{Drives, Machine, Report, Source};
use crate::server::{Begin, ServedBy};
use crate::start::Start;

/// A test of machine `M` against its own declaration, with made-up arguments.
///
/// It starts the real server again and again and walks over its graph. Where a message is declared,
/// the server must go to one of its targets, or stay; where it is not, the answer must be
/// `InvalidState` and nothing may change. Edges that were never taken are reported: they are
/// declared and cannot happen, or need arguments that the [`Sample`](crate::machine::Sample)s do
/// not make.
///
/// Stands for `proper_statem`; differs: the model is the declaration, so there is none to write.
///
/// The arguments of all calls and casts need a [`Sample`](crate::machine::Sample). Time-outs and
/// infos are not driven, and neither are handlers with a `#[cfg]`; the report names them.
///
/// ```
/// use genserver_runtime::machine;
/// use genserver_runtime::prelude::*;
///
/// struct Red;
/// struct Green;
/// struct Light;
///
/// #[genserver(states(Red: initial, Green))]
/// impl Light {
///     #[call(Red => Green)]
///     fn go(&self, st: &Red, cars: u8) -> Next {
///         if cars == 0 { st.stay() } else { st.goto(|_| Green) }
///     }
///
///     #[call(Green => Green | Red)]
///     fn halt(&self, st: &Green) -> Next {
///         st.goto(|_| Red) // and never `Green`
///     }
/// }
///
/// # #[tokio::main] async fn main() {
/// let report = machine::conformance::<Light>().seed(7).run(|_| Light::start(Light, Red)).await;
/// assert!(report.mistakes.is_empty());
/// assert_eq!(report.taken.len(), 2);
/// assert_eq!(report.never_taken.len(), 1);
/// assert!(report.to_string().ends_with("never taken:\n  Green -> Green by halt"));
/// # }
/// ```
pub fn conformance<M: Drives<()>>() -> Conformance<M> {
    conformance_with()
}

/// As [`conformance`], with arguments made by the `impl`s of `Sample<By>`: see
/// [`Sample`](crate::machine::Sample).
///
/// ```
/// use genserver_runtime::machine::{self, Sample, Source};
/// use genserver_runtime::prelude::*;
/// use std::net::Ipv4Addr;
///
/// struct Mine;
///
/// impl Sample<Mine> for Ipv4Addr {
///     fn sample(source: &mut Source) -> Self {
///         source.one_of(&[Self::LOCALHOST, Self::UNSPECIFIED])
///     }
/// }
/// # struct Down; struct Up; struct Link;
///
/// #[genserver(states(Down: initial, Up: terminal))]
/// impl Link {
///     #[call(Down => Up)]
///     fn connect(&self, st: &Down, to: Ipv4Addr) -> Next {
///         if to.is_unspecified() { st.stay() } else { st.goto(|_| Up) }
///     }
/// }
///
/// # #[tokio::main] async fn main() {
/// let test = machine::conformance_with::<Link, Mine>();
/// test.run(|_| Link::start(Link, Down)).await.assert_clean();
/// # }
/// ```
pub fn conformance_with<M: Drives<By>, By>() -> Conformance<M, By> {
    Conformance { seed: 0, walks: 100, requests_max: 100, of: PhantomData }
}

/// A conformance test to run: made by [`conformance`].
#[must_use = "nothing is tested before it runs"]
pub struct Conformance<M, By = ()> {
    seed: u64,
    walks: u32,
    requests_max: u32,
    of: PhantomData<fn() -> (M, By)>,
}

impl<M, By> Conformance<M, By>
where
    M: Machine + Drives<By>,
{
    /// What all choices and arguments are drawn from; 0 unless given. The same seed gives the same
    /// test, as far as the server does the same.
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// How many servers are started; 100 unless given.
    pub fn walks(self, walks: u32) -> Self {
        Self { walks, ..self }
    }

    /// How many calls and casts each of them gets at most; 100 unless given.
    pub fn requests_max(self, requests_max: u32) -> Self {
        Self { requests_max, ..self }
    }

    /// Runs the test on servers that `start` starts. It may draw the arguments of `init`.
    ///
    /// A server whose `init` refuses them is counted, and no more. At the end of its walk a server
    /// is stopped, so that a name is free for the next one.
    ///
    /// # Cancel safety
    ///
    /// Dropped, the present server ends with its client.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; use genserver_runtime::machine;
    /// # struct Open; struct Shut; struct Lock { pin: u16 }
    /// #[genserver(states(Shut: initial, Open))]
    /// impl Lock {
    ///     #[call(Shut => Open)]
    ///     fn open(&self, st: &Shut, pin: u16) -> Next {
    ///         if pin == self.pin { st.goto(|_| Open) } else { st.stay() }
    ///     }
    /// #     #[call(Open => Shut)] fn shut(&self) {}
    /// }
    ///
    /// # #[tokio::main] async fn main() {
    /// let test = machine::conformance::<Lock>().walks(20);
    /// let report = test.run(|source| Lock::start(Lock { pin: source.sample() }, Shut)).await;
    /// report.assert_clean();
    /// # }
    /// ```
    pub async fn run<C, A, E>(self, start: impl Fn(&mut Source) -> Start<M, C, A, E>) -> Report
    where
        C: Client,
        M: Begin<A, E> + ServedBy<C>,
        A: Send + 'static,
        E: Send + 'static,
    {
        let probe = |seed| {
            let start = start(&mut Source::new(seed));
            async move { start.await.ok().map(|client| Probe::new(&client)) }
        };
        let mut explorer = Explorer::<M, By>::new(self.seed);
        for plan in M::GRAPH.walks(self.seed).take(self.walks as usize) {
            explorer.walk(&probe, &plan, self.requests_max).await;
        }
        explorer.into_report()
    }
}

impl<M: Machine, By> fmt::Debug for Conformance<M, By> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conformance")
            .field("machine", &M::NAME)
            .field("seed", &self.seed)
            .field("walks", &self.walks)
            .field("requests_max", &self.requests_max)
            .finish()
    }
}
