//! The layer of the environment.
//!
//! Each key has a variable `OBS__SECTION__KEY`. Some have a shorter one, and some share one of
//! OpenTelemetry's, which are weaker: `OBS_SAMPLER`, then `OBS__TRACING__SAMPLER`, then
//! `OTEL_TRACES_SAMPLER`.

use std::collections::BTreeMap;
use std::ffi::OsString;

use obs_schema::monitoring::LogOutput;
use obs_schema::option::{Given, Key, ValueKind, find_variable, keys};
use obs_schema::{Issue, suggest};

use super::leak::leak;
use super::merge::Merge;
use super::problem::Origin;
use super::value::{Value, plain};
use super::{otel, pairs};

/// The variables that are about obs: their names begin with `OBS_` or `OTEL_`, and they are not empty.
#[derive(Debug, Default)]
pub(super) struct Variables {
    /// By name.
    texts: BTreeMap<String, String>,
    /// Those whose value is not UTF-8.
    unreadable: Vec<String>,
}

impl Variables {
    /// Adds a variable. An empty one counts as not set, as OpenTelemetry has it.
    pub(super) fn add(&mut self, name: &OsString, value: OsString) {
        let Some(name) = name.to_str() else { return };
        if value.is_empty() || !(name.starts_with("OBS_") || name.starts_with("OTEL_")) {
            return;
        }
        match value.into_string() {
            Ok(text) => {
                self.texts.insert(name.to_owned(), text);
            }
            Err(_) => self.unreadable.push(name.to_owned()),
        }
    }

    /// The value of a variable.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str)
    }

    /// Every variable with its value, by name.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Lays the environment over the settings.
pub(super) fn apply(merge: &mut Merge, variables: &Variables) {
    for name in &variables.unreadable {
        let message = format!("the value of `{name}` is not UTF-8");
        merge.refuse(
            Origin::variable(name),
            Issue::new("variable.encoding", name.clone(), message, ""),
        );
    }
    for (name, _) in variables.iter() {
        if let Some(issue) = unknown(name) {
            merge.refuse(Origin::variable(name), issue);
        }
    }
    otel::resource(merge, variables);
    for key in keys() {
        if let Some((name, text)) = strongest(&key, variables)
            && !otel::apply_one(merge, &key, &name, text, variables)
        {
            set(merge, &key, &name, text);
        }
    }
    turn_on_file_output(merge);
}

/// The variable that counts for a key.
fn strongest<'v>(key: &Key, variables: &'v Variables) -> Option<(String, &'v str)> {
    variables_of(key).into_iter().find_map(|name| {
        let text = variables.get(&name)?;
        Some((name, text))
    })
}

/// Every variable of a key, the strongest first.
pub(super) fn variables_of(key: &Key) -> Vec<String> {
    let named = key.option.env.iter().map(|name| (*name).to_owned());
    let (shared, mut names): (Vec<_>, Vec<_>) = named.partition(|name| name.starts_with("OTEL_"));
    names.push(variable_of(key));
    names.extend(shared);
    names
}

/// The variable that every key has: `OBS__TRACING__MAX_AGE`.
fn variable_of(key: &Key) -> String {
    let section = key.section.as_str().to_ascii_uppercase();
    format!("OBS__{section}__{}", key.option.name.to_ascii_uppercase())
}

/// Lays a variable's text over the key.
fn set(merge: &mut Merge, key: &Key, name: &str, text: &str) {
    let origin = Origin::variable(name);
    match key.option.kind {
        ValueKind::TextMap => match pairs::parse(text) {
            Ok(found) => {
                let found = found
                    .iter()
                    .map(|(name, value)| (origin.clone(), name.as_str(), value.as_str()))
                    .collect();
                merge.set(key, &Value::Pairs(found), origin);
            }
            Err(error) => merge.refuse(origin, error.issue(&key.to_string())),
        },
        ValueKind::ChoiceList(_) => {
            let words = text
                .split(',')
                .map(|word| (origin.clone(), Given::Text(word.trim())))
                .collect();
            merge.set(key, &Value::List(words), origin);
        }
        kind => merge.set(key, &Value::Scalar(plain(kind, text.trim())), origin),
    }
}

/// What is wrong with the name of a variable.
fn unknown(name: &str) -> Option<Issue> {
    if !name.starts_with("OBS__") {
        return find_variable(name).err().map(|error| error.issue());
    }
    let known: Vec<String> = keys().map(|key| variable_of(&key)).collect();
    if known.iter().any(|known| known == name) {
        return None;
    }
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let help = match suggest(name, &known) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "write `OBS__SECTION__KEY`, such as `OBS__TRACING__SLOW`".to_owned(),
    };
    let message = format!("unknown variable `{name}`");
    Some(Issue::new("variable.unknown", name, message, help))
}

/// `OBS_LOG_FILE` asks for the output `file` too, unless a variable says which outputs there are.
fn turn_on_file_output(merge: &mut Merge) {
    const OUTPUTS: &str = "logging.outputs";
    let file = merge.origin("logging.file");
    let outputs = merge.origin(OUTPUTS);
    let logging = &mut merge.settings.monitoring.logging;
    let wanted = file == Origin::variable("OBS_LOG_FILE") && outputs.layer() < file.layer();
    if wanted && !logging.outputs.contains(&LogOutput::File) {
        logging.outputs = leak([logging.outputs, &[LogOutput::File]].concat());
        merge.origins.insert(OUTPUTS.to_owned(), file);
    }
}
