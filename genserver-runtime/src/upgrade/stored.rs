//! What generated code makes a state of: each version read, each step taken, with panics caught.

use std::any::Any;
use std::error::Error as StdError;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::body::Body;
use crate::exit::Panic;
use crate::server::Server;
use crate::upgrade::Versioned;
use crate::upgrade::error::{Cause, RestoreError};
use crate::upgrade::header::Kept;

/// The state of a server with a version.
#[diagnostic::on_unimplemented(
    message = "the state `{Self}` has a version but is not `Serialize` and `Deserialize`",
    label = "cannot be exported and restored",
    note = "derive `serde::Serialize` and `serde::Deserialize`, for a state enum with `#[genserver(derive(serde::Serialize, serde::Deserialize))]`"
)]
pub trait Keeps: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> Keeps for T {}

/// The state of an older version.
#[diagnostic::on_unimplemented(
    message = "the older state `{Self}` is not `Deserialize`",
    label = "cannot be restored",
    note = "derive `serde::Deserialize`"
)]
pub trait Restores: DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> Restores for T {}

/// What a step leads to.
#[diagnostic::on_unimplemented(
    message = "this step of `code_change` leads to `{Self}`, but the version after it is `{Next}`",
    label = "not `{Next}`"
)]
pub trait Yields<Next> {
    /// Itself.
    fn yields(self) -> Next;
}

#[diagnostic::do_not_recommend]
impl<T> Yields<T> for T {
    fn yields(self) -> T {
        self
    }
}

/// What a step fails with.
#[diagnostic::on_unimplemented(
    message = "a step of `code_change` cannot fail with `{Self}`",
    label = "not an error",
    note = "it must be `std::error::Error + Send + Sync + 'static`, or a `String`"
)]
pub trait Fails {
    /// The error, shared.
    fn cause(self) -> Cause;
}

#[diagnostic::do_not_recommend]
impl<E: Into<Box<dyn StdError + Send + Sync>>> Fails for E {
    fn cause(self) -> Cause {
        Arc::from(self.into())
    }
}

/// A state as it was exported.
#[derive(Debug)]
pub struct Stored<'a> {
    version: u32,
    server: &'a str,
    payload: &'a [u8],
}

/// Reads a state; the payload holds nothing else.
pub type Read<T> = fn(&[u8]) -> Result<T, Cause>;

impl<'a> Stored<'a> {
    pub(super) fn new(kept: &Kept<'a>) -> Self {
        Self { version: kept.version, server: kept.server, payload: kept.payload }
    }

    /// The state of a version: as it was exported, or as the step before left it.
    pub fn read<T>(
        &self,
        version: u32,
        before: Option<T>,
        read: Read<T>,
    ) -> Result<Option<T>, RestoreError> {
        if self.version != version {
            return Ok(before);
        }
        let read = catch_unwind(AssertUnwindSafe(|| read(self.payload)));
        let read = read.map_err(|payload| panicked("restore", &*payload))?;
        let unreadable =
            |cause| RestoreError::Unreadable { server: Arc::from(self.server), version, cause };
        read.map(Some).map_err(unreadable)
    }

    /// Takes the step from a version, where there is a state of it.
    pub fn step<T, N>(
        (from, name): (u32, &'static str),
        old: Option<T>,
        step: impl FnOnce(T) -> Result<N, Cause>,
    ) -> Result<Option<N>, RestoreError> {
        let Some(old) = old else { return Ok(None) };
        let made = catch_unwind(AssertUnwindSafe(|| step(old)));
        let made = made.map_err(|payload| panicked(name, &*payload))?;
        made.map(Some).map_err(|cause| RestoreError::Step { from, cause })
    }

    /// The state of the newest version.
    pub fn done<S: Versioned, T>(&self, made: Option<T>) -> Result<T, RestoreError> {
        made.ok_or(RestoreError::Unsupported {
            server: S::NAME,
            found: self.version,
            oldest: S::VERSIONS.first().copied().unwrap_or(S::VERSION),
        })
    }
}

fn panicked(name: &'static str, payload: &(dyn Any + Send)) -> RestoreError {
    RestoreError::Panic(Panic::new(name, payload))
}

/// Reads the state of an older version.
pub fn stored<T: Restores>(payload: &[u8]) -> Result<T, Cause> {
    decode(payload)
}

/// How a server's own state is written and read.
#[derive(Debug)]
pub struct Form<S: Server> {
    /// Writes it.
    pub write: fn(&Body<S>) -> Result<Vec<u8>, Cause>,
    /// Reads it.
    pub read: Read<(S, S::State)>,
}

/// That of a server without states.
#[must_use]
pub fn form<T: Keeps + Server<State = ()>>() -> Form<T> {
    Form {
        write: |body| encoded(&body.server),
        read: |payload| decode(payload).map(|server| (server, ())),
    }
}

/// That of a machine: its data and its state.
#[must_use]
pub fn form_machine<T: Keeps + Server<State = S>, S: Keeps>() -> Form<T> {
    let write = |body: &Body<T>| {
        let state = body.state.as_ref().expect("invariant: a state is lost only with its server");
        encoded(&(&body.server, state))
    };
    Form { write, read: decode }
}

/// How deep values may nest in bytes that are read: what is deeper is an error, before a thread's stack
/// ends. The writer knows no such limit.
const DEPTH_MAX: usize = 256;

fn decode<T: DeserializeOwned>(payload: &[u8]) -> Result<T, Cause> {
    let mut reader = rmp_serde::Deserializer::new(payload);
    reader.set_max_depth(DEPTH_MAX);
    let value = T::deserialize(&mut reader).map_err(|error| Arc::new(error) as Cause)?;
    match reader.get_ref() {
        [] => Ok(value),
        _ => Err(Arc::from(Box::<dyn StdError + Send + Sync>::from("there is more than a state"))),
    }
}

/// What the version after a step takes.
pub fn yields<T: Yields<N>, N>(value: T) -> N {
    value.yields()
}

/// Why a step failed.
pub fn fails<E: Fails>(error: E) -> Cause {
    error.cause()
}

fn encoded(value: &impl Serialize) -> Result<Vec<u8>, Cause> {
    rmp_serde::to_vec_named(value).map_err(|error| Arc::new(error) as Cause)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Leaf {
        Open { visitors: u32, names: Vec<String> },
        Shut(Option<Box<Leaf>>),
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Nest {
        inner: Option<Box<Nest>>,
    }

    /// Crafted bytes are an error, and no end of the stack.
    #[test]
    fn a_state_that_is_too_deep_is_told() {
        let deep = |levels| {
            let shell = |nest| Nest { inner: Some(Box::new(nest)) };
            (0..levels).fold(Nest { inner: None }, |nest, _| shell(nest))
        };
        let fits = encoded(&deep(40)).expect("it can be written");
        assert_eq!(decode::<Nest>(&fits).expect("it can be read"), deep(40));
        let crafted = encoded(&deep(300)).expect("it can be written");
        let error = decode::<Nest>(&crafted).expect_err("it is too deep");
        assert_eq!(error.to_string(), "depth limit exceeded");
    }

    /// A payload whose checksum somebody made anew.
    #[test]
    fn whatever_is_decoded_there_is_no_panic() {
        let open = Leaf::Open { visitors: 70_000, names: vec!["ann".to_owned(), String::new()] };
        let whole = encoded(&(7_u8, Leaf::Shut(Some(Box::new(open))))).expect("it can be written");
        decode::<(u8, Leaf)>(&whole).expect("it can be read");
        for at in 0..whole.len() {
            assert!(decode::<(u8, Leaf)>(&whole[..at]).is_err(), "{at}");
            for byte in 0..=u8::MAX {
                let mut flipped = whole.clone();
                flipped[at] = byte;
                drop(decode::<(u8, Leaf)>(&flipped));
            }
        }
        let longer = [&whole[..], &[0xc0]].concat();
        let error = decode::<(u8, Leaf)>(&longer).expect_err("there is a nil at its end");
        assert_eq!(error.to_string(), "there is more than a state");
    }
}
