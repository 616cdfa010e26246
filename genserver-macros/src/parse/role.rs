//! What an attribute makes of a method, and which options it takes.

use syn::Attribute;

use crate::model::HookKind;

/// What an annotated method is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Init,
    Call,
    Cast,
    Info,
    Continued,
    Idle,
    Every,
    Hibernate,
    Terminate,
    FormatState,
    CodeChange,
    StateTimeout,
    Enter,
    Exit,
    Transition,
}

const ROLES: &[(&str, Role)] = &[
    ("init", Role::Init),
    ("call", Role::Call),
    ("cast", Role::Cast),
    ("info", Role::Info),
    ("continued", Role::Continued),
    ("idle", Role::Idle),
    ("every", Role::Every),
    ("hibernate", Role::Hibernate),
    ("terminate", Role::Terminate),
    ("format_state", Role::FormatState),
    ("code_change", Role::CodeChange),
    ("state_timeout", Role::StateTimeout),
    ("enter", Role::Enter),
    ("exit", Role::Exit),
    ("transition", Role::Transition),
];

/// The options of all handlers; each takes some of them.
pub(super) const OPTIONS: &[&str] = &[
    "timeout",
    "name",
    "priority",
    "inline",
    "skip_abandoned",
    "blocking",
    "in_place",
    "unbounded",
    "missed",
    "otherwise",
    "after",
    "until",
];

impl Role {
    /// The role that an attribute gives: `#[call]`, `#[genserver_runtime::call]`. Under whatever
    /// path: a renamed or re-exported runtime's `#[gs::call]` is ours too, and what would say so,
    /// `crate = ..`, need not be readable.
    pub(crate) fn of(attr: &Attribute) -> Option<Self> {
        // As text once: to compare an identifier with a word, its text is asked of the compiler.
        let last = attr.path().segments.last()?.ident.to_string();
        ROLES.iter().find(|(name, _)| last == *name).map(|(_, role)| *role)
    }

    pub(crate) fn name(self) -> &'static str {
        ROLES.iter().find(|(_, role)| *role == self).map_or("", |(name, _)| name)
    }

    pub(super) fn options(self) -> &'static [&'static str] {
        match self {
            Self::Call => &[
                "timeout",
                "name",
                "priority",
                "inline",
                "skip_abandoned",
                "blocking",
                "in_place",
                "otherwise",
            ],
            Self::Cast => &["name", "priority", "unbounded", "otherwise"],
            Self::Info => &["priority", "otherwise"],
            Self::Continued => &["otherwise"],
            Self::Every => &["missed"],
            Self::StateTimeout => &["after", "until"],
            _ => &[],
        }
    }

    /// Whether it runs for a message, its own or one of the server's.
    pub(crate) fn is_handler(self) -> bool {
        let others =
            [Self::Init, Self::Hibernate, Self::Terminate, Self::FormatState, Self::CodeChange];
        !others.contains(&self) && self.hook().is_none()
    }

    /// What runs when a machine has moved.
    pub(crate) fn hook(self) -> Option<HookKind> {
        match self {
            Self::Enter => Some(HookKind::Enter),
            Self::Exit => Some(HookKind::Exit),
            Self::Transition => Some(HookKind::Transition),
            _ => None,
        }
    }

    /// What the duration at the beginning is.
    pub(super) fn time(self) -> Option<&'static str> {
        match self {
            Self::Idle => Some("the idle time"),
            Self::Every => Some("the period"),
            _ => None,
        }
    }
}
