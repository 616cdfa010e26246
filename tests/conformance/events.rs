//! A subscriber that keeps what the library tells.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Level, Metadata, Subscriber};

/// One event of the library.
#[derive(Clone, Debug)]
pub struct Told {
    pub level: Level,
    pub target: String,
    fields: BTreeMap<&'static str, String>,
}

impl Told {
    /// A field's value; empty where the event has none.
    pub fn get(&self, field: &str) -> &str {
        self.fields.get(field).map_or("", String::as_str)
    }

    pub fn message(&self) -> &str {
        self.get("message")
    }
}

/// The events of this thread, as long as it stands.
pub struct Events {
    told: Arc<Mutex<Vec<Told>>>,
    _standing: DefaultGuard,
}

impl Events {
    /// Listens on this thread, and so on a runtime that has no other.
    pub fn listen() -> Self {
        Self::listen_to("genserver")
    }

    /// Listens to targets that begin so.
    pub fn listen_to(target: &'static str) -> Self {
        let told = Arc::default();
        let listener = Listener { target, told: Arc::clone(&told) };
        Self { told, _standing: tracing::subscriber::set_default(listener) }
    }

    /// What was told of these servers at this level or a graver one.
    pub fn of(&self, server: &str, least: Level) -> Vec<Told> {
        let told = self.told.lock().expect("no listener panics");
        let wanted = |told: &&Told| told.level <= least && told.get("server") == server;
        told.iter().filter(wanted).cloned().collect()
    }

    /// The one event of these servers that is a warning or an error.
    #[track_caller]
    pub fn only_trouble(&self, server: &str) -> Told {
        let mut trouble = self.of(server, Level::WARN);
        assert_eq!(trouble.len(), 1, "one event: {trouble:#?}");
        trouble.remove(0)
    }

    #[track_caller]
    pub fn no_trouble(&self, server: &str) {
        let trouble = self.of(server, Level::WARN);
        assert!(trouble.is_empty(), "no event: {trouble:#?}");
    }
}

struct Listener {
    target: &'static str,
    told: Arc<Mutex<Vec<Told>>>,
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && metadata.target().starts_with(self.target)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::DEBUG)
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(BTreeMap::new());
        event.record(&mut fields);
        let (level, target) = (*event.metadata().level(), event.metadata().target().to_owned());
        let told = Told { level, target, fields: fields.0 };
        self.told.lock().expect("no listener panics").push(told);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}
