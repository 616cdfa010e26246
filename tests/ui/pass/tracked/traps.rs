//! The tracked client without a prelude, of generic machines, with private types, names that meet
//! its own, handlers that are not there and lints denied.
// What it looks like is what it is about.
#![cfg_attr(rustfmt, rustfmt_skip)]
#![no_implicit_prelude]
#![deny(
    warnings,
    missing_docs,
    unused_qualifications,
    clippy::pedantic,
    unreachable_pub,
    unnameable_types
)]
// What a case says of itself stands above; its methods are not documented for users.
#![allow(clippy::missing_errors_doc)]

use ::genserver_runtime::{ExitReason, Init, Next, Refused, State, Tracked, genserver};
use ::std::string::{String, ToString};

mod private {
    use ::genserver_runtime::{Next, State, genserver};

    #[derive(Debug)]
    struct Secret(u8);
    struct Shut {
        secret: Secret,
    }
    struct Open;
    pub(super) struct Safe;

    #[genserver(states(Shut: initial, Open: terminal), tracked)]
    impl Safe {
        #[init]
        fn new(secret: u8) -> (Self, Shut) {
            (Self, Shut { secret: Secret(secret) })
        }

        #[call(Shut => Open)]
        fn open(&self, st: &Shut) -> Next<Secret> {
            st.goto(|_| Open).reply(Secret(st.secret.0))
        }
    }

    pub(super) async fn opened() -> u8 {
        let shut = Safe::start_tracked(7).await.unwrap();
        let (secret, _open): (Secret, SafeTracked<Open>) = shut.open().await.unwrap();
        secret.0
    }
}

/// Nothing in it.
pub struct Empty;

/// Something in it. Its name is that of a parameter that a handle would have.
pub struct S<T> {
    /// The thing.
    pub thing: T,
}

/// Neither.
pub struct Gone;

/// Holds a thing.
pub struct Holder<T, const N: usize>(::std::marker::PhantomData<T>);

/// Cannot.
#[derive(Debug, PartialEq)]
pub struct Cannot;

#[genserver(states(Empty: initial, S<T>, Gone: terminal), tracked)]
impl<T, const N: usize> Holder<T, N>
where
    T: ::std::clone::Clone + ::std::marker::Send + ::std::marker::Sync + 'static,
{
    /// In any state.
    #[init]
    pub async fn resume(state: HolderState<T>) -> Init<(Self, HolderState<T>), Cannot> {
        if N == 0 {
            return Init::Fail(Cannot);
        }
        Init::Ready((Self(::std::marker::PhantomData), state))
    }

    /// Puts something in.
    #[call(Empty => S)]
    pub fn put(&self, st: &Empty, #[into] thing: T) -> Next {
        State::goto(st, |_| S { thing })
    }

    /// Takes it out.
    #[call(S => Empty | Gone, name = into_client)]
    #[deprecated = "take the other"]
    pub async fn take(
        &self,
        st: &S<T>,
        last: bool,
    ) -> ::std::result::Result<Next<T>, Cannot> {
        let thing = st.thing.clone();
        ::std::result::Result::Ok(if last {
            State::goto(st, |_| Gone).reply(thing)
        } else {
            State::goto(st, |_| Empty).reply(thing)
        })
    }

    /// Looks.
    #[call(Empty | S)]
    #[must_use]
    pub fn look(&self) -> &'static str {
        "something"
    }

    /// Of no other system.
    #[cfg(any())]
    #[call(S => Empty | Gone)]
    pub fn vanish(&self, st: &S<T>, how: NoSuchType) -> Next {}

    /// Ends.
    #[call(Empty => Gone)]
    pub fn r#break(&self, st: &Empty) -> Next {
        State::goto(st, |_| Gone)
    }

    #[terminate]
    fn end(&mut self, _: &ExitReason) {}
}

#[allow(deprecated)]
async fn run() {
    let begun = Holder::<String, 1>::start_tracked(HolderState::Empty(Empty)).await.unwrap();
    let HolderAfterStart::Empty(empty) = begun else { ::std::panic!("it is empty") };
    let full: HolderTracked<String, 1, S<String>> = empty.put("hat").await.unwrap();
    ::std::assert_eq!(full.look().await.unwrap(), "something");
    // A handler's name comes before ours.
    let (thing, after) = full.into_client(false).await.unwrap();
    ::std::assert_eq!(thing, "hat");
    ::std::assert!(::std::format!("{after:?}").starts_with("Empty(HolderTracked("));
    let HolderAfterIntoClient::Empty(empty) = after else { ::std::panic!("it is empty") };
    let gone = empty.r#break().await.unwrap();
    let client: HolderClient<String, 1> = Tracked::into_client(gone);
    ::std::assert_eq!(HolderStateName::Gone.to_string(), "Gone");
    let refused = client.look().await.unwrap_err().to_string();
    ::std::assert_eq!(refused, "cannot `look` while Gone; allowed: nothing; no way leads there");
    let failed = Holder::<String, 0>::start_tracked(HolderState::Empty(Empty)).await;
    ::std::assert_eq!(failed.unwrap_err().to_string_of(), "init failed");
    ::std::assert_eq!(private::opened().await, 7);
}

trait Said {
    fn to_string_of(&self) -> &'static str;
}

impl<E, C> Said for ::genserver_runtime::StartError<E, C> {
    fn to_string_of(&self) -> &'static str {
        match self {
            ::genserver_runtime::StartError::Init(_) => "init failed",
            _ => "other",
        }
    }
}

/// The error is one like any other.
pub fn is_an_error<T: Tracked>() {
    fn check<E: ::std::error::Error + ::std::marker::Send + ::std::marker::Sync + 'static>() {}
    check::<Refused<T, ::std::fmt::Error>>();
}

fn main() {
    let runtime = ::tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(run());
}
