//! Reading a document against the key table.

use std::rc::Rc;
use std::sync::Arc;

use obs_schema::Issue;
use obs_schema::option::{Given, Key, Section, UnknownKey, ValueKind};

use super::document::{self, Data, Node, Place};
use super::mapping::{self, Entry};
use crate::config::merge::{Merge, wrong_kind};
use crate::config::problem::Origin;
use crate::config::value::{Value, plain};

type Pairs = [(Rc<Node>, Rc<Node>)];

/// Lays one file over the settings.
pub(super) struct Reader<'m> {
    merge: &'m mut Merge,
    path: Arc<str>,
}

impl<'m> Reader<'m> {
    pub(super) fn new(merge: &'m mut Merge, path: &str) -> Self {
        Self {
            merge,
            path: path.into(),
        }
    }

    /// Adds a mistake in the file.
    pub(super) fn fail(&mut self, place: Place, issue: Issue) {
        let origin = self.at(place);
        self.merge.refuse(origin, issue);
    }

    /// Lays the keys of the file's text over the settings.
    pub(super) fn apply(&mut self, text: &str) {
        let root = match document::parse(text) {
            Ok(Some(root)) => root,
            Ok(None) => return,
            Err((place, issue)) => return self.fail(place, issue),
        };
        match &root.data {
            Data::Map(pairs) => self.sections(pairs),
            // A file of comments says nothing.
            _ if is_null(&root) => {}
            _ => self.fail(root.place, no_sections()),
        }
    }

    fn at(&self, place: Place) -> Origin {
        Origin::File {
            path: Arc::clone(&self.path),
            line: place.line,
            column: place.column,
        }
    }

    fn entries<'a>(&mut self, pairs: &'a Pairs) -> Vec<Entry<'a>> {
        let (entries, failures) = mapping::entries(pairs);
        for (place, issue) in failures {
            self.fail(place, issue);
        }
        entries
    }

    fn sections(&mut self, pairs: &Pairs) {
        for entry in self.entries(pairs) {
            match (Section::named(entry.name), &entry.value.data) {
                (None, _) => self.fail(entry.place, unknown_section(entry.name)),
                (Some(section), Data::Map(pairs)) => self.keys(section, pairs),
                // `tracing:` whose keys are all commented out says nothing.
                _ if is_null(entry.value) => {}
                (Some(section), _) => self.fail(entry.value.place, no_keys(section)),
            }
        }
    }

    fn keys(&mut self, section: Section, pairs: &Pairs) {
        for entry in self.entries(pairs) {
            let options = section.options();
            let Some(option) = options.iter().find(|option| option.name == entry.name) else {
                let typed = format!("{}.{}", section.as_str(), entry.name);
                self.fail(entry.place, UnknownKey { typed }.issue());
                continue;
            };
            let key = Key { section, option };
            if is_null(entry.value) {
                self.fail(entry.place, no_value(&key.to_string()));
            } else if let Some(value) = self.value(&key, entry.value) {
                let origin = self.at(entry.value.place);
                self.merge.set(&key, &value, origin);
            }
        }
    }

    /// The value of a key. `None`, and a mistake more, when it has another shape.
    fn value<'a>(&mut self, key: &Key, node: &'a Node) -> Option<Value<'a>> {
        let (name, kind) = (key.to_string(), key.option.kind);
        match (kind, &node.data) {
            (kind, Data::Map(pairs)) if kind.is_map() => {
                self.pairs(&name, kind, pairs).map(Value::Pairs)
            }
            (ValueKind::ChoiceList(_), Data::List(items)) => {
                self.items(&name, kind, items).map(Value::List)
            }
            (kind, _) if kind.is_map() || matches!(kind, ValueKind::ChoiceList(_)) => {
                self.fail(node.place, wrong_kind(&name, kind));
                None
            }
            _ => self.scalar(&name, kind, node).map(Value::Scalar),
        }
    }

    fn items<'a>(
        &mut self,
        name: &str,
        kind: ValueKind,
        items: &'a [Rc<Node>],
    ) -> Option<Vec<(Origin, Given<'a>)>> {
        let read: Vec<_> = items
            .iter()
            .filter_map(|item| {
                let given = self.scalar(name, kind, item)?;
                Some((self.at(item.place), given))
            })
            .collect();
        (read.len() == items.len()).then_some(read)
    }

    fn pairs<'a>(
        &mut self,
        name: &str,
        kind: ValueKind,
        pairs: &'a Pairs,
    ) -> Option<Vec<(Origin, &'a str, &'a str)>> {
        let mut read = Vec::new();
        let entries = self.entries(pairs);
        for entry in &entries {
            match &entry.value.data {
                Data::Scalar { text, .. } if !is_null(entry.value) => {
                    read.push((self.at(entry.place), entry.name, text.as_str()));
                }
                _ => self.fail(entry.value.place, wrong_kind(name, kind)),
            }
        }
        (read.len() == entries.len()).then_some(read)
    }

    fn scalar<'a>(&mut self, name: &str, kind: ValueKind, node: &'a Node) -> Option<Given<'a>> {
        match &node.data {
            Data::Scalar { text, plain: true } => Some(plain(kind, text)),
            Data::Scalar { text, .. } => Some(Given::Text(text)),
            Data::List(_) | Data::Map(_) => {
                self.fail(node.place, wrong_kind(name, kind));
                None
            }
        }
    }
}

/// Whether nothing is written there, or the word for it.
fn is_null(node: &Node) -> bool {
    let Data::Scalar { text, plain: true } = &node.data else {
        return false;
    };
    matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL")
}

fn no_sections() -> Issue {
    let message = "a configuration is made of sections";
    Issue::new("yaml.shape", "", message, "write `tracing: {sampler: 0.1}`")
}

fn no_keys(section: Section) -> Issue {
    let name = section.as_str();
    let keys: Vec<&str> = section.options().iter().map(|option| option.name).collect();
    let help = format!("it has `{}`", keys.join("`, `"));
    Issue::new("yaml.shape", name, format!("`{name}` takes keys"), help)
}

fn no_value(key: &str) -> Issue {
    let message = format!("`{key}` has no value");
    Issue::new("option.kind", key, message, "write one or remove the line")
}

fn unknown_section(name: &str) -> Issue {
    let typed = name.to_owned();
    let mut issue = UnknownKey { typed }.issue();
    let dotted = name
        .split_once('.')
        .and_then(|(section, key)| Some((Section::named(section)?, key)));
    if let Some((section, key)) = dotted
        && section.options().iter().any(|option| option.name == key)
    {
        issue.help = format!("write `{}: {{{key}: ..}}`", section.as_str());
    } else if name == "monitoring" {
        "write its sections without it".clone_into(&mut issue.help);
    }
    issue
}
