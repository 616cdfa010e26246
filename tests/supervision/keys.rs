//! Servers that own keys, for the tests of registries.

use std::sync::mpsc::{Receiver, Sender};

use genserver_runtime::prelude::*;
use genserver_runtime::{DuplicateRegistry, RegisterError, ServerId};

use crate::support::Gate;

pub type Names = Registry<&'static str, OwnerClient, u32>;
pub type Topics = DuplicateRegistry<&'static str, OwnerClient, u32>;

/// What a server was told that wanted a key.
#[derive(Debug, PartialEq)]
pub enum Got {
    It,
    /// Taken by this one.
    Taken(Option<ServerId>),
    Ending,
}

impl From<Result<(), RegisterError<OwnerClient>>> for Got {
    fn from(registered: Result<(), RegisterError<OwnerClient>>) -> Self {
        match registered {
            Ok(()) => Self::It,
            Err(RegisterError::AlreadyRegistered(owner)) => Self::Taken(owner.id()),
            Err(_) => Self::Ending,
        }
    }
}

/// The ends of a handler that blocks.
pub struct Late {
    pub begun: Sender<()>,
    pub go: Receiver<()>,
    pub told: Sender<Got>,
}

pub struct Owner {
    names: Names,
    topics: Topics,
}

#[genserver]
impl Owner {
    #[init]
    pub fn new(names: Names, topics: Topics) -> Self {
        Self { names, topics }
    }

    #[call]
    pub fn register(&self, cx: &mut Cx<Self>, key: &'static str, value: u32) -> Got {
        cx.register(&self.names, key, value).into()
    }

    #[call]
    pub fn unregister(&self, cx: &mut Cx<Self>, key: &'static str) -> usize {
        cx.unregister(&self.names, &key)
    }

    #[call]
    pub fn unregister_less(&self, cx: &mut Cx<Self>, key: &'static str, bound: u32) -> usize {
        cx.unregister_matching(&self.names, &key, |value| *value < bound)
    }

    /// The new value and the old one; the closure counts its calls.
    #[call]
    pub fn double(&self, cx: &mut Cx<Self>, key: &'static str) -> (Option<(u32, u32)>, u32) {
        let mut calls = 0;
        let values = cx.update_value(&self.names, &key, |value| {
            calls += 1;
            value * 2
        });
        (values, calls)
    }

    #[call]
    pub fn subscribe(&self, cx: &mut Cx<Self>, topic: &'static str, value: u32) -> Got {
        cx.register(&self.topics, topic, value).into()
    }

    #[call]
    pub fn unsubscribe(&self, cx: &mut Cx<Self>, topic: &'static str) -> usize {
        cx.unregister(&self.topics, &topic)
    }

    #[call]
    pub fn unsubscribe_less(&self, cx: &mut Cx<Self>, topic: &'static str, bound: u32) -> usize {
        cx.unregister_matching(&self.topics, &topic, |value| *value < bound)
    }

    /// Registers when it is let go on, and tells what it got; it never awaits.
    #[call]
    pub fn register_late(&self, cx: &mut Cx<Self>, key: &'static str, late: Late) {
        late.begun.send(()).expect("the test waits");
        late.go.recv().expect("the test waits");
        late.told.send(cx.register(&self.names, key, 0).into()).expect("the test waits");
    }

    /// Holds a key's lock until the gate opens.
    #[call]
    pub async fn hold_lock(&self, key: &'static str, gate: Gate) {
        let _lock = self.names.lock(key).await;
        gate.pass().await;
    }

    #[call]
    pub async fn panic_with_lock(&self, key: &'static str) {
        let _lock = self.names.lock(key).await;
        panic!("under the lock");
    }

    #[call]
    pub fn crash(&self) {
        panic!("on purpose");
    }

    #[call]
    pub fn alive(&self) -> bool {
        true
    }
}

/// Two registries, and the servers that use them.
pub struct Fixture {
    pub names: Names,
    pub topics: Topics,
}

impl Fixture {
    pub fn new() -> Self {
        Self::with_partitions(1)
    }

    pub fn with_partitions(partitions: usize) -> Self {
        Self {
            names: Registry::with_partitions(partitions),
            topics: Registry::duplicate_with_partitions(partitions),
        }
    }

    pub async fn owner(&self) -> OwnerClient {
        let start = Owner::start(self.names.clone(), self.topics.clone());
        start.await.expect("its init cannot fail")
    }

    /// One that is started under a key, with a value.
    pub async fn keyed(&self, key: &'static str, value: u32) -> OwnerClient {
        let start = Owner::start(self.names.clone(), self.topics.clone());
        start.key_with(&self.names, key, value).await.expect("the key is free")
    }
}
