//! The entries of a mapping: duplicate keys refused, merge keys followed.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use obs_schema::Issue;

use super::document::{Data, Failure, Node, Place};

/// One key with its value.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) name: &'a str,
    pub(super) place: Place,
    pub(super) value: &'a Rc<Node>,
}

/// The entries of a mapping in their order, then those of the mappings that it merges (`<<: *base`).
///
/// Each name occurs once: its own entries win over merged ones, earlier merged ones over later ones.
pub(super) fn entries(pairs: &[(Rc<Node>, Rc<Node>)]) -> (Vec<Entry<'_>>, Vec<Failure>) {
    let mut reading = Reading::default();
    reading.own(pairs);
    (reading.entries, reading.failures)
}

#[derive(Default)]
struct Reading<'a> {
    entries: Vec<Entry<'a>>,
    names: BTreeSet<&'a str>,
    /// The mappings that have been merged. None is merged twice, however often it is named.
    merged: Vec<*const Node>,
    failures: Vec<Failure>,
}

impl<'a> Reading<'a> {
    /// As deep as the document at most, since a merged mapping is a level below.
    fn own(&mut self, pairs: &'a [(Rc<Node>, Rc<Node>)]) {
        let mut here: BTreeMap<&str, Place> = BTreeMap::new();
        let mut bases = Vec::new();
        for (key, value) in pairs {
            let Data::Scalar { text: name, plain } = &key.data else {
                self.fail(key.place, "a key must be text", "");
                continue;
            };
            if *plain && name == "<<" {
                bases.push(value);
                continue;
            }
            if let Some(first) = here.get(name.as_str()) {
                let help = format!("it is on line {} too, remove one", first.line);
                self.fail(key.place, &format!("duplicate key `{name}`"), &help);
                continue;
            }
            here.insert(name, key.place);
            if self.names.insert(name) {
                let place = key.place;
                self.entries.push(Entry { name, place, value });
            }
        }
        for base in bases {
            self.base(base);
        }
    }

    fn base(&mut self, node: &'a Rc<Node>) {
        match &node.data {
            Data::Map(_) => self.merge(node),
            Data::List(items) => {
                for item in items {
                    self.merge(item);
                }
            }
            Data::Scalar { .. } => self.fail(
                node.place,
                "`<<` takes a mapping, or a list of them",
                "name an anchor, as in `<<: *base`",
            ),
        }
    }

    fn merge(&mut self, node: &'a Rc<Node>) {
        let Data::Map(pairs) = &node.data else {
            return self.fail(
                node.place,
                "`<<` takes a mapping, or a list of them",
                "name an anchor, as in `<<: *base`",
            );
        };
        if !self.merged.contains(&Rc::as_ptr(node)) {
            self.merged.push(Rc::as_ptr(node));
            self.own(pairs);
        }
    }

    fn fail(&mut self, place: Place, message: &str, help: &str) {
        self.failures
            .push((place, Issue::new("yaml.mapping", "", message, help)));
    }
}
