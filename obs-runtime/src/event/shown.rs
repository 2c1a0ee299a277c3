//! The values of an event, read once.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::attribute::{AttributeRef, written};

/// What stands for a value whose formatting panicked.
const PANICKED: &str = "<panicked while formatting>";

/// A value that needs no more of the program's code.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shown<'a> {
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Text(Cow<'a, str>),
}

impl<'a> Shown<'a> {
    /// `None` if there is no value.
    pub(super) fn of(value: AttributeRef<'a>) -> Option<Self> {
        Some(match value {
            AttributeRef::None => return None,
            AttributeRef::Bool(value) => Self::Bool(value),
            AttributeRef::Int(value) => Self::Int(value),
            AttributeRef::Uint(value) => Self::Uint(value),
            AttributeRef::Float(value) => Self::Float(value),
            AttributeRef::Str(text) => Self::Text(text.into()),
            AttributeRef::Display(value) => Self::Text(text(|| written(format_args!("{value}")))),
            AttributeRef::Debug(value) => Self::Text(text(|| written(format_args!("{value:?}")))),
        })
    }

    /// The value as the name of something.
    pub(super) fn name(&self) -> Cow<'_, str> {
        match self {
            Self::Bool(true) => "true".into(),
            Self::Bool(false) => "false".into(),
            Self::Int(value) => value.to_string().into(),
            Self::Uint(value) => value.to_string().into(),
            Self::Float(value) => value.to_string().into(),
            Self::Text(text) => Cow::Borrowed(text),
        }
    }

    /// The value as a number of something.
    pub(super) fn count(&self) -> u64 {
        match self {
            Self::Uint(count) => *count,
            Self::Int(count) => u64::try_from(*count).unwrap_or(0),
            _ => 0,
        }
    }
}

/// Runs the program's own formatting, whatever it does.
fn text(write: impl FnOnce() -> String) -> Cow<'static, str> {
    match catch_unwind(AssertUnwindSafe(write)) {
        Ok(text) => text.into(),
        Err(payload) => {
            // Its destructor is the program's code too, and may panic again.
            std::mem::forget(payload);
            PANICKED.into()
        }
    }
}
