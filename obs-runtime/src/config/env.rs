//! The layer of the environment.
//!
//! Each key has a variable `OBS__SECTION__KEY`. Some have a shorter one, and some share one of
//! OpenTelemetry's, which are weaker: `OBS_SAMPLER`, then `OBS__TRACING__SAMPLER`, then
//! `OTEL_TRACES_SAMPLER`.

use std::collections::BTreeMap;
use std::ffi::OsString;

use obs_schema::Issue;
use obs_schema::monitoring::{LogOutput, MetricsExporter};
use obs_schema::option::{ENV_ELASTIC, ENV_PUSH, Given, Key, ValueKind, find_variable, keys};

use super::leak::{intern, leak};
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
        if let Err(error) = find_variable(name) {
            merge.refuse(Origin::variable(name), error.issue());
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
    turn_on_outputs(merge, variables);
    otel::exporters(merge, variables);
    otel::interval(merge, variables);
    turn_on_exporters(merge, variables);
}

/// What the variables of Elasticsearch and of the exporters that push metrics say.
pub(super) fn of_pushes(variables: &Variables) -> Vec<(&'static str, &'static str)> {
    let set = |name: &&'static str| Some((*name, intern(variables.get(name)?)));
    ENV_PUSH.iter().chain(ENV_ELASTIC).filter_map(set).collect()
}

/// The variable that counts for a key.
fn strongest<'v>(key: &Key, variables: &'v Variables) -> Option<(String, &'v str)> {
    key.variables().into_iter().find_map(|name| {
        let text = variables.get(&name)?;
        Some((name, text))
    })
}

/// Lays a variable's text over the key.
fn set(merge: &mut Merge, key: &Key, name: &str, text: &str) {
    let origin = Origin::variable(name);
    match key.option.kind {
        kind if kind.is_map() => match pairs::parse(text) {
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

/// `OBS_LOG_FILE` asks for the output `file` too, and `OBS_ELASTIC_URL` for `elastic`, unless a variable says which
/// outputs there are.
fn turn_on_outputs(merge: &mut Merge, variables: &Variables) {
    const OUTPUTS: &str = "logging.outputs";
    let said = merge.origin(OUTPUTS);
    let file = merge.origin("logging.file");
    let wanted = [
        (
            "OBS_LOG_FILE",
            LogOutput::File,
            file == Origin::variable("OBS_LOG_FILE"),
        ),
        (
            "OBS_ELASTIC_URL",
            LogOutput::Elastic,
            variables.get("OBS_ELASTIC_URL").is_some(),
        ),
    ];
    for (name, output, is_wanted) in wanted {
        let origin = Origin::variable(name);
        let logging = &mut merge.settings.monitoring.logging;
        let is_new = !logging.outputs.contains(&output);
        if is_wanted && is_new && said.layer() < origin.layer() {
            logging.outputs = leak([logging.outputs, &[output]].concat());
            merge.origins.insert(OUTPUTS.to_owned(), origin);
        }
    }
}

/// The address of an exporter asks for it too, unless a variable says which exporters there are.
fn turn_on_exporters(merge: &mut Merge, variables: &Variables) {
    const EXPORTERS: &str = "metrics.exporters";
    const ADDRESSES: [(&str, MetricsExporter); 4] = [
        ("OBS_PUSHGATEWAY_URL", MetricsExporter::Pushgateway),
        ("OBS_REMOTE_WRITE_URL", MetricsExporter::RemoteWrite),
        ("OBS_GRAPHITE_ADDR", MetricsExporter::Graphite),
        ("OBS_INFLUX_URL", MetricsExporter::Influx),
    ];
    let said = merge.origin(EXPORTERS);
    for (name, exporter) in ADDRESSES {
        let origin = Origin::variable(name);
        let is_wanted = variables.get(name).is_some() && said.layer() < origin.layer();
        let metrics = &mut merge.settings.monitoring.metrics;
        if is_wanted && !metrics.exporters.contains(&exporter) {
            metrics.exporters = leak([metrics.exporters, &[exporter]].concat());
            merge.origins.insert(EXPORTERS.to_owned(), origin);
        }
    }
}
