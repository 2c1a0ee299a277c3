//! Who changed what through the endpoints.
//!
//! Everything is kept that somebody was allowed to ask for, whether it worked or not. Who was turned away is
//! not in here: anybody could fill the trail with that.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use serde_json::Value;

use crate::fork::PerProcess;
use crate::hot::body::cut;
use crate::redact::{REDACTED, Redaction};

/// Changes that are remembered; the oldest go first.
const MAX: usize = 512;
/// Bytes of a text in an entry.
const MAX_TEXT: usize = 512;

static TRAIL: PerProcess<Mutex<Trail>> = PerProcess::new();

/// The changes, the oldest first.
#[derive(Debug, Default)]
struct Trail {
    entries: VecDeque<Entry>,
    all: u64,
}

impl Trail {
    fn push(&mut self, entry: Entry) {
        self.all += 1;
        if self.entries.len() >= MAX {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    fn last(&self, limit: usize) -> (Vec<Entry>, u64) {
        let newest = self.entries.iter().rev().take(limit);
        (newest.cloned().collect(), self.all)
    }
}

/// A change, or an attempt at one.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) at: SystemTime,
    pub(super) who: String,
    pub(super) from: String,
    pub(super) method: &'static str,
    pub(super) path: String,
    /// What was asked for, without secrets.
    pub(super) params: Vec<(&'static str, String)>,
    pub(super) status: u16,
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
}

/// What an endpoint changed.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) before: Value,
    pub(super) after: Value,
}

impl Entry {
    /// Hides what looks like a secret, and shortens what is long.
    fn tidy(mut self) -> Self {
        let rules = Redaction::new();
        self.path = short(&rules.hide(&self.path));
        for (name, value) in &mut self.params {
            *value = if rules.hides_key(name) {
                REDACTED.to_owned()
            } else {
                short(&rules.hide(value))
            };
        }
        for state in [&mut self.before, &mut self.after].into_iter().flatten() {
            let text = state
                .as_str()
                .map_or_else(|| state.to_string(), str::to_owned);
            let shown = short(&rules.hide(&text));
            if shown != text {
                *state = Value::String(shown);
            }
        }
        self
    }
}

/// Remembers a change, and logs it.
pub(super) fn record(entry: Entry) {
    let entry = entry.tidy();
    #[cfg(feature = "log")]
    log(&entry);
    trail().push(entry);
}

/// The last changes, the newest first, and how many there were in all.
pub(super) fn last(limit: usize) -> (Vec<Entry>, u64) {
    trail().last(limit)
}

fn trail() -> MutexGuard<'static, Trail> {
    let trail = TRAIL.get(Mutex::default);
    trail.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(feature = "log")]
fn log(entry: &Entry) {
    let text = |state: &Option<Value>| match state {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    let params: Vec<String> = entry
        .params
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let fields = [
        ("who", entry.who.as_str()),
        ("from", &entry.from),
        ("method", entry.method),
        ("path", &entry.path),
        ("params", &params.join(" ")),
        ("status", &entry.status.to_string()),
        ("before", &text(&entry.before)),
        ("after", &text(&entry.after)),
    ];
    let message = format_args!("{} {}", entry.method, entry.path);
    crate::log::say_of("obs::audit", tracing::Level::INFO, message, &fields);
}

/// The beginning of a text, in whole characters.
fn short(text: &str) -> String {
    let start = cut(text, MAX_TEXT);
    let mark = if start.len() < text.len() { "…" } else { "" };
    format!("{start}{mark}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(params: Vec<(&'static str, String)>) -> Entry {
        Entry {
            at: SystemTime::UNIX_EPOCH,
            who: "deployer".to_owned(),
            from: "127.0.0.1:5".to_owned(),
            method: "POST",
            path: "/monitoring/x".to_owned(),
            params,
            status: 200,
            before: Some(json!({"on": false})),
            after: Some(json!("api_key=abcdefgh12345678")),
        }
    }

    #[test]
    fn secrets_and_length_stay_out() {
        let params = vec![
            ("password", "hunter2".to_owned()),
            ("flag", "ä".repeat(1000)),
        ];
        let tidy = entry(params).tidy();
        assert_eq!(tidy.params[0].1, REDACTED);
        assert!(tidy.params[1].1.len() <= MAX_TEXT + 3);
        assert!(tidy.params[1].1.ends_with('…'));
        assert_eq!(tidy.before, Some(json!({"on": false})));
        assert!(!tidy.after.unwrap().to_string().contains("abcdefgh"));
    }

    #[test]
    fn the_trail_is_bounded_and_counts_all() {
        let mut trail = Trail::default();
        for status in 0..MAX as u16 + 10 {
            trail.push(Entry {
                status,
                ..entry(Vec::new())
            });
        }
        let (kept, all) = trail.last(usize::MAX);
        assert_eq!((kept.len(), all), (MAX, MAX as u64 + 10));
        assert_eq!(kept[0].status, MAX as u16 + 9, "the newest first");
    }
}
