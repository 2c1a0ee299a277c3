//! What all events of one type share.

use std::borrow::Cow;
use std::sync::OnceLock;

use obs_schema::event::{EventDef, EventField, Role};

use super::Shown;
use crate::analytics::{Entry, recording, registering};
use crate::attribute::AttributeRef;
use crate::metric::{Counter, Keyed};
use crate::series::SeriesKey;

/// The one place in a program for the events of a type. An expansion has it as a `static`.
#[derive(Debug)]
pub struct EventSite {
    def: &'static EventDef,
    counter: OnceLock<Keyed<Counter>>,
}

impl EventSite {
    /// That of the event with this definition.
    #[must_use]
    pub const fn new(def: &'static EventDef) -> Self {
        Self {
            def,
            counter: OnceLock::new(),
        }
    }

    /// Registers the counter, so that its series exist.
    pub fn register(&self) {
        registering(|| self.counter());
    }

    /// Counts an event with these labels.
    pub fn count(&self, labels: SeriesKey<'_>) {
        let counter = match self.counter.get() {
            Some(counter) => Some(counter),
            None => registering(|| self.counter()),
        };
        if let Some(counter) = counter {
            counter.get(labels).inc();
        }
    }

    /// Logs an event and adds it to the summary. `values` are those of the fields of the definition.
    pub fn note(&self, values: &[AttributeRef<'_>]) {
        recording(|| self.note_values(values));
    }

    fn note_values(&self, values: &[AttributeRef<'_>]) {
        let fields = self.def.fields.iter().zip(values);
        let shown: Vec<(&EventField, Shown<'_>)> = fields
            .filter_map(|(field, value)| Some((field, Shown::of(*value)?)))
            .collect();
        #[cfg(feature = "log")]
        crate::log::say_event(self.def, &shown);
        self.add_up(&shown);
    }

    fn add_up(&self, fields: &[(&EventField, Shown<'_>)]) {
        let of = |role: Role| {
            let mut fields = fields.iter();
            let field = fields.find(|(field, _)| field.role == Some(role));
            field.map(|(_, value)| value)
        };
        let name = |role: Role| -> Option<Cow<'_, str>> { of(role).map(Shown::name) };
        let (user, feature) = (name(Role::User), name(Role::Feature));
        let (error, model) = (name(Role::Error), name(Role::Model));
        Entry {
            event: self.def.name,
            user: user.as_deref(),
            feature: feature.as_deref(),
            error: error.as_deref(),
            model: model.as_deref(),
            tokens_in: of(Role::TokensIn).map_or(0, Shown::count),
            tokens_out: of(Role::TokensOut).map_or(0, Shown::count),
        }
        .count();
    }

    fn counter(&self) -> &Keyed<Counter> {
        self.counter
            .get_or_init(|| Keyed::register(self.def.counter))
    }
}
