//! Business events: what a type with `#[derive(Event)]` says of itself.

use crate::def::MetricDef;
use crate::monitoring::Level;

/// A business event of the program.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EventDef {
    /// Its name: the message of its log records, and its name in the summary of all events.
    pub name: &'static str,
    /// The level of its log records; [`Level::Off`] for none.
    pub level: Level,
    /// The counter of how often it happened.
    pub counter: &'static MetricDef,
    /// Its fields, without those that are left out.
    pub fields: &'static [EventField],
}

/// A field of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventField {
    /// Its name in log records.
    pub name: &'static str,
    /// What it is for the summary of all events.
    pub role: Option<Role>,
}

/// What a field of an event is for the summary of all events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Who did it.
    User,
    /// The feature that was used.
    Feature,
    /// What went wrong.
    Error,
    /// The model that was asked.
    Model,
    /// How many tokens the model was given.
    TokensIn,
    /// How many tokens the model answered with.
    TokensOut,
}

impl Role {
    /// Every role.
    pub const ALL: &'static [Self] = &[
        Self::User,
        Self::Feature,
        Self::Error,
        Self::Model,
        Self::TokensIn,
        Self::TokensOut,
    ];

    /// The option of `#[event(..)]` for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Feature => "feature",
            Self::Error => "error",
            Self::Model => "model",
            Self::TokensIn => "tokens_in",
            Self::TokensOut => "tokens_out",
        }
    }

    /// Whether it says something of a model.
    #[must_use]
    pub const fn is_of_model(self) -> bool {
        matches!(self, Self::TokensIn | Self::TokensOut)
    }
}
