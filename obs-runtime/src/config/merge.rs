//! Laying one layer over another.

use std::collections::BTreeMap;

use obs_schema::Issue;
use obs_schema::name::{check_operation_label, check_operation_name};
use obs_schema::option::{Given, Key, ValueKind, WrongValue};

use super::problem::{Origin, Problem};
use super::settings::{RESOURCE, Settings};
use super::value::Value;

/// The layers so far: what they say, who said it, and what is wrong.
#[derive(Debug)]
pub(super) struct Merge {
    pub(super) settings: Settings,
    pub(super) origins: BTreeMap<String, Origin>,
    pub(super) problems: Vec<Problem>,
    pub(super) warnings: Vec<Problem>,
}

impl Merge {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            settings,
            origins: BTreeMap::new(),
            problems: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Who set the key last.
    pub(super) fn origin(&self, key: &str) -> Origin {
        self.origins.get(key).cloned().unwrap_or_default()
    }

    /// Lays a value over what the key had, if the rules allow it.
    pub(super) fn set(&mut self, key: &Key, value: &Value<'_>, origin: Origin) {
        let name = key.to_string();
        let found = issues(&name, key.option.kind, value, &origin);
        if !found.is_empty() {
            for (at, issue) in found {
                self.refuse(at, issue);
            }
            return;
        }
        let done = self
            .settings
            .slot(&name)
            .and_then(|slot| slot.set(value))
            .is_some();
        if done {
            self.origins.insert(name, origin);
        } else {
            self.refuse(origin, wrong_kind(&name, key.option.kind));
        }
    }

    /// Adds a mistake. One in a variable that other programs read too is a warning.
    pub(super) fn refuse(&mut self, origin: Origin, issue: Issue) {
        let list = if origin.is_shared() {
            &mut self.warnings
        } else {
            &mut self.problems
        };
        let problem = Problem::new(origin, issue);
        if !list.contains(&problem) {
            list.push(problem);
        }
    }

    /// Adds something that does not keep the configuration from being used.
    pub(super) fn warn(&mut self, origin: Origin, issue: Issue) {
        self.warnings.push(Problem::new(origin, issue));
    }
}

/// What the rules have against a value, each at its place.
fn issues(name: &str, kind: ValueKind, value: &Value<'_>, origin: &Origin) -> Vec<(Origin, Issue)> {
    let scalar = |at: &Origin, given| Some((at.clone(), kind.check(name, given).err()?));
    match value {
        Value::Scalar(given) => scalar(origin, given).into_iter().collect(),
        Value::List(items) => items
            .iter()
            .filter_map(|(at, given)| scalar(at, given))
            .collect(),
        Value::Pairs(pairs) => pairs
            .iter()
            .filter_map(|(at, entry, value)| {
                let issue = match kind {
                    ValueKind::RatioMap => ratio_issue(name, entry, value),
                    _ => entry_issue(name, entry),
                };
                Some((at.clone(), issue?))
            })
            .collect(),
    }
}

/// What a value of another shape than the key's is answered with.
pub(super) fn wrong_kind(key: &str, kind: ValueKind) -> Issue {
    if kind == ValueKind::TextMap {
        let message = format!("`{key}` takes names with text, such as `region: eu`");
        return Issue::new("option.kind", key, message, "");
    }
    if kind == ValueKind::RatioMap {
        let message = format!("`{key}` takes names with ratios, such as `health: 0.01`");
        return Issue::new("option.kind", key, message, "");
    }
    WrongValue { kind }.issue(key)
}

/// What is wrong with one name of a key that takes names with ratios, or with its ratio.
fn ratio_issue(key: &str, entry: &str, ratio: &str) -> Option<Issue> {
    let name = check_operation_name(entry).map_err(|error| error.issue(key));
    let ratio = || ValueKind::RatioMap.check(key, &Given::Text(ratio));
    name.and_then(|()| ratio()).err()
}

/// What is wrong with one name of a key that takes names with text.
fn entry_issue(key: &str, entry: &str) -> Option<Issue> {
    if matches!(key, "tracing.forward" | "analytics.prices") {
        // Looked at when all layers are known.
        return None;
    }
    if key == "metrics.labels" {
        return check_operation_label(entry)
            .err()
            .map(|error| error.issue(key));
    }
    if entry.is_empty() {
        return Some(Issue::new(
            "name.empty",
            key,
            "an attribute's name is empty",
            "write a name",
        ));
    }
    let (_, own) = RESOURCE.iter().find(|(attribute, _)| *attribute == entry)?;
    Some(Issue::new(
        "key.elsewhere",
        key,
        format!("`{entry}` has a key of its own"),
        format!("set `{own}`"),
    ))
}
