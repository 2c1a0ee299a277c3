//! From the fields of an event or span to values.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::Debug;

use tracing::field::{Field, Visit};

use super::bounded;
use super::record::{MAX_CAUSES, set};
use crate::trace::{Attribute, Value};

/// The name of the field that `tracing`'s macros put the text into.
const MESSAGE: &str = "message";
/// How the fields begin in which the crate `tracing-log` says where a `log` record is from.
const LOG_PREFIX: &str = "log.";

/// Collects fields.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) message: String,
    pub(super) fields: Vec<Attribute>,
    pub(super) error_chain: Vec<String>,
    pub(super) log: LogOrigin,
}

/// Where a record of the crate `log` is from, which reaches `tracing` in fields.
#[derive(Debug, Default)]
pub(super) struct LogOrigin {
    pub(super) target: Option<String>,
    pub(super) file: Option<String>,
    pub(super) line: Option<u32>,
}

impl Fields {
    fn set(&mut self, field: &Field, value: Value) {
        set(&mut self.fields, Cow::Borrowed(field.name()), value);
    }

    fn set_text(&mut self, field: &Field, text: String) {
        match field.name() {
            MESSAGE => self.message = text,
            name if name.starts_with(LOG_PREFIX) => self.set_log_origin(field, text),
            _ => self.set(field, Value::Str(Cow::Owned(text))),
        }
    }

    fn set_log_origin(&mut self, field: &Field, text: String) {
        match field.name() {
            "log.target" => self.log.target = Some(text),
            "log.file" => self.log.file = Some(text),
            "log.module_path" => {}
            _ => self.set(field, Value::Str(Cow::Owned(text))),
        }
    }

    fn set_number(&mut self, field: &Field, value: Value) {
        if field.name() == MESSAGE {
            self.message = value.to_string();
        } else {
            self.set(field, value);
        }
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set_number(field, Value::F64(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set_number(field, Value::I64(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "log.line" {
            self.log.line = u32::try_from(value).ok();
        } else {
            self.set_number(field, Value::U64(value));
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set_number(field, Value::Bool(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set_text(field, bounded::kept(value));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let chain = chain(value);
        self.set_text(field, joined(&chain));
        if self.error_chain.is_empty() {
            self.error_chain = chain;
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.set_text(field, bounded::text(format_args!("{value:?}")));
    }
}

/// The error and its causes, each as text.
fn chain(error: &(dyn Error + 'static)) -> Vec<String> {
    let mut texts = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next.filter(|_| texts.len() <= MAX_CAUSES) {
        texts.push(bounded::text(format_args!("{error}")));
        next = bounded::guarded(|| error.source()).flatten();
    }
    texts
}

/// `saving failed: disk full`. A cause that its error names already is not named again.
fn joined(chain: &[String]) -> String {
    let mut text = String::new();
    for part in chain {
        if text.is_empty() {
            text.push_str(part);
        } else if !text.ends_with(part.as_str()) {
            text.push_str(": ");
            text.push_str(part);
        }
    }
    bounded::kept(&text)
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn a_cause_is_named_once() {
        let chain =
            |parts: &[&str]| joined(&parts.iter().map(|&p| p.to_owned()).collect::<Vec<_>>());
        assert_eq!(
            chain(&["saving failed", "disk full"]),
            "saving failed: disk full"
        );
        assert_eq!(
            chain(&["saving failed: disk full", "disk full", "os error 28"]),
            "saving failed: disk full: os error 28"
        );
    }
}
