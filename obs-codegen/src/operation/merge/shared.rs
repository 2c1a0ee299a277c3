//! What several attributes on one function say together.

use obs_schema::option::conflicting_options;

use super::Merge;
use crate::diag::Diag;
use crate::operation::kind::Kind;
use crate::options::{Argument, Entry};

/// Options that describe the operation as a whole, so one attribute gives them for all.
const SHARED: &[&str] = &[
    "kind", "parent", "root", "slow", "ok_if", "error_if", "crate",
];

impl Merge<'_> {
    /// Options that two attributes give, or that exclude each other over two attributes.
    pub(super) fn check_shared(&self, diag: &mut Diag) {
        let mut earlier: Vec<(&Argument, Kind)> = Vec::new();
        for part in &self.parts {
            for argument in part.options.all() {
                let name = argument.option.name;
                let before = earlier.iter().find(|(other, kind)| {
                    other.option.name == name
                        && *kind != part.kind
                        && SHARED.contains(&name)
                        && !is_same_crate(other, argument)
                });
                if let Some((_, kind)) = before {
                    diag.error(argument.key, already(name, *kind));
                }
                let others: Vec<&str> = earlier
                    .iter()
                    .filter(|(_, kind)| *kind != part.kind)
                    .map(|(other, _)| other.option.name)
                    .collect();
                if let Some(issue) = conflicting_options(argument.option, &others) {
                    diag.issue(argument.key, &issue);
                }
                earlier.push((argument, part.kind));
            }
        }
    }

    /// Buckets that two attributes give for one histogram.
    pub(super) fn check_buckets(&self, operation: &str, diag: &mut Diag) {
        let mut given = self
            .durations(operation)
            .filter_map(|part| Some((part.kind, part.options.get("buckets")?)));
        let Some((first, _)) = given.next() else {
            return;
        };
        for (_, other) in given {
            diag.error(other.key, already("buckets", first));
        }
    }

    /// The entries of a map in all attributes, each key once.
    pub(super) fn entries(&self, option: &str, diag: &mut Diag) -> Vec<Entry> {
        let mut all: Vec<(Entry, Kind)> = Vec::new();
        for part in &self.parts {
            let Some(entries) = part.options.exprs(option) else {
                continue;
            };
            for entry in entries.value {
                let known = all
                    .iter()
                    .find(|(other, kind)| other.key.text == entry.key.text && *kind != part.kind);
                if let Some((_, kind)) = known {
                    diag.error_on(&entry.key.tokens, already(&entry.key.text, *kind));
                } else {
                    all.push((entry.clone(), part.kind));
                }
            }
        }
        all.into_iter().map(|(entry, _)| entry).collect()
    }
}

fn already(name: &str, kind: Kind) -> String {
    format!("`{name}` is already in `{}`; remove one", kind.as_str())
}

/// Where every attribute has to say where the runtime is, they may all say the same.
fn is_same_crate(one: &Argument, other: &Argument) -> bool {
    one.option.name == "crate" && one.tokens.to_string() == other.tokens.to_string()
}
