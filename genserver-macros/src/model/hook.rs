//! `#[enter(S)]`, `#[exit(S)]`, `#[transition]`, and what becomes of messages that the state does not
//! accept.

use proc_macro2::Ident;
use syn::{Path, Type};

use crate::model::{Duration, Method};

/// What runs when the machine has moved.
pub(crate) struct Hook {
    pub(crate) method: Method,
    pub(crate) kind: HookKind,
    /// The states or groups whose border it watches; empty for `#[transition]`.
    pub(crate) states: Vec<Ident>,
    /// The parameters behind `self`, in source order.
    pub(crate) params: Vec<HookParam>,
    /// Takes `&mut self`.
    pub(crate) exclusive: bool,
    /// The whole return type when its last segment is `Result`.
    pub(crate) result: Option<Type>,
    /// Its attribute has an error that was told already.
    pub(crate) flawed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum HookKind {
    Enter,
    Exit,
    Transition,
}

impl HookKind {
    /// The name of its attribute.
    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Self::Enter => "enter",
            Self::Exit => "exit",
            Self::Transition => "transition",
        }
    }

    /// What it is called in a message.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Enter => "an `enter` handler",
            Self::Exit => "an `exit` handler",
            Self::Transition => "a `transition` handler",
        }
    }
}

pub(crate) enum HookParam {
    /// `&mut StateCx<Self>`.
    Cx,
    /// `&Transition`.
    Transition,
    /// `&Pending`, `&mut Pending`, `&Active`, `&ContractState`.
    State { ident: Ident, mutable: bool },
    /// Anything else.
    Unknown,
}

/// `otherwise = ..`.
pub(crate) struct Otherwise {
    /// The word `otherwise`.
    pub(crate) key: Ident,
    /// The value's word.
    pub(crate) word: Ident,
    pub(crate) what: OtherwiseWhat,
}

pub(crate) enum OtherwiseWhat {
    Error,
    Ignore,
    /// In these states; in all that do not accept the message for `None`.
    Postpone(Option<Vec<Ident>>),
}

/// How long a machine may stay in a state.
pub(crate) enum Stay {
    /// `after = "30d"`.
    After(Duration),
    /// `until = Self::deadline`.
    Until(Path),
}
