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
                    diag.error(
                        argument.key,
                        format_args!("`{name}` is already in `{}`; remove one", kind.as_str()),
                    );
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
                    diag.error_on(
                        &entry.key.tokens,
                        format_args!(
                            "`{}` is already in `{}`; remove one",
                            entry.key.text,
                            kind.as_str()
                        ),
                    );
                } else {
                    all.push((entry.clone(), part.kind));
                }
            }
        }
        all.into_iter().map(|(entry, _)| entry).collect()
    }
}

/// Where every attribute has to say where the runtime is, they may all say the same.
fn is_same_crate(one: &Argument, other: &Argument) -> bool {
    one.option.name == "crate" && one.tokens.to_string() == other.tokens.to_string()
}
