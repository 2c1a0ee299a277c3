//! OpenTelemetry's own variables.
//!
//! Other programs read them too, so a value that makes no sense here is a warning and is ignored, as the
//! specification has it: <https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/>.
//! And so words count in any case.

use std::time::Duration;

use obs_schema::monitoring::{
    LogOutput, Metrics, MetricsExporter, Propagator, Sampler, SamplerError,
};
use obs_schema::option::{Given, Key, find_key};
use obs_schema::{Issue, suggest};

use super::env::Variables;
use super::leak::{intern, leak};
use super::merge::Merge;
use super::pairs;
use super::problem::Origin;
use super::settings::RESOURCE;
use super::value::Value;

const RESOURCE_ATTRIBUTES: &str = "OTEL_RESOURCE_ATTRIBUTES";
const SAMPLER_ARGUMENT: &str = "OTEL_TRACES_SAMPLER_ARG";
const EXPORT_INTERVAL: &str = "OTEL_METRIC_EXPORT_INTERVAL";
const PROPAGATORS: &str = "OTEL_PROPAGATORS";

/// What OpenTelemetry's variables say that is no key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Otel {
    /// Every `OTEL_EXPORTER_OTLP_*` that is set, by name, for the exporters.
    pub exporter: Vec<(&'static str, &'static str)>,
}

impl Otel {
    /// Reads the variables that are no key.
    pub(super) fn read(variables: &Variables) -> Self {
        Self {
            exporter: variables
                .iter()
                .filter(|(name, _)| name.starts_with("OTEL_EXPORTER_OTLP_"))
                .map(|(name, text)| (intern(name), intern(text)))
                .collect(),
        }
    }
}

/// Lays `OTEL_RESOURCE_ATTRIBUTES` over the settings: the attributes, and the keys that some of them have.
pub(super) fn resource(merge: &mut Merge, variables: &Variables) {
    const KEY: &str = "service.attributes";
    let Some(text) = variables.get(RESOURCE_ATTRIBUTES) else {
        return;
    };
    let origin = Origin::variable(RESOURCE_ATTRIBUTES);
    let found = match pairs::parse(text) {
        Ok(found) => found,
        Err(error) => return merge.refuse(origin, error.issue(KEY)),
    };
    let mut rest = Vec::new();
    for (name, value) in &found {
        match RESOURCE.iter().find(|(attribute, _)| attribute == name) {
            Some((_, key)) => set(merge, key, &Value::Scalar(Given::Text(value)), &origin),
            None => rest.push((origin.clone(), name.as_str(), value.as_str())),
        }
    }
    if !rest.is_empty() {
        set(merge, KEY, &Value::Pairs(rest), &origin);
    }
}

/// Lays a variable over its key that OpenTelemetry reads in a way of its own. False for every other.
pub(super) fn apply_one(
    merge: &mut Merge,
    key: &Key,
    name: &str,
    text: &str,
    variables: &Variables,
) -> bool {
    match name {
        "OTEL_TRACES_EXPORTER" => {
            let word = text.trim().to_ascii_lowercase();
            let value = Value::Scalar(Given::Text(&word));
            merge.set(key, &value, Origin::variable(name));
        }
        "OTEL_TRACES_SAMPLER" => {
            sampler(merge, key, &text.trim().to_ascii_lowercase(), variables);
        }
        "OTEL_SDK_DISABLED" => disabled(merge, key, text.trim()),
        PROPAGATORS => propagators(merge, key, text),
        // Laid over the settings before all others, since it sets several keys.
        RESOURCE_ATTRIBUTES => {}
        _ => return false,
    }
    true
}

fn set(merge: &mut Merge, key: &str, value: &Value<'_>, origin: &Origin) {
    if let Ok(key) = find_key(key) {
        merge.set(&key, value, origin.clone());
    }
}

/// A ratio that makes no sense counts as missing; a sampler that does not exist leaves the key as it is.
fn sampler(merge: &mut Merge, key: &Key, word: &str, variables: &Variables) {
    let origin = Origin::variable("OTEL_TRACES_SAMPLER");
    let argument = variables.get(SAMPLER_ARGUMENT).map(str::trim);
    let read = Sampler::parse_otel(word, argument).or_else(|error| {
        if argument.is_none() || !matches!(error, SamplerError::Ratio(_)) {
            return Err(error);
        }
        let at = Origin::variable(SAMPLER_ARGUMENT);
        merge.refuse(at, error.issue(key.to_string()));
        Sampler::parse_otel(word, None)
    });
    match read {
        Ok(sampler) => {
            merge.settings.monitoring.tracing.sampler = sampler;
            merge.origins.insert(key.to_string(), origin);
        }
        Err(SamplerError::Unknown(word)) => {
            merge.refuse(origin, unknown_sampler(&word, key.to_string()));
        }
        Err(error) => merge.refuse(origin, error.issue(key.to_string())),
    }
}

/// The variable knows names that the key does not.
fn unknown_sampler(word: &str, path: String) -> Issue {
    let known = [Sampler::WORDS, Sampler::RATIO_WORDS].concat();
    let help = match suggest(word, &known) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("write one of `{}`", known.join("`, `")),
    };
    let message = format!("unknown sampler `{word}`");
    Issue::new("sampler.unknown", path, message, help)
}

/// Anything but `true` is false.
fn disabled(merge: &mut Merge, key: &Key, text: &str) {
    let origin = Origin::variable("OTEL_SDK_DISABLED");
    let disabled = text.eq_ignore_ascii_case("true");
    if !disabled && !text.eq_ignore_ascii_case("false") {
        let message = format!("`{text}` counts as `false`");
        let issue = Issue::new(
            "option.kind",
            key.to_string(),
            message,
            "write `true` or `false`",
        );
        merge.refuse(origin.clone(), issue);
    }
    merge.settings.service.disabled = disabled;
    merge.origins.insert(key.to_string(), origin);
}

/// Lays `OTEL_LOGS_EXPORTER` and `OTEL_METRICS_EXPORTER` over the lists that they are about. They name some of what
/// these lists know: `none` takes OTLP away, and everything else stays.
pub(super) fn exporters(merge: &mut Merge, variables: &Variables) {
    let monitoring = merge.settings.monitoring;
    let logs = [("otlp", LogOutput::Otlp), ("console", LogOutput::Console)];
    let list = List {
        variable: "OTEL_LOGS_EXPORTER",
        key: "logging.outputs",
        known: &logs,
    };
    if let Some(outputs) = list.apply(merge, variables, monitoring.logging.outputs) {
        merge.settings.monitoring.logging.outputs = leak(outputs);
    }
    let metrics = [
        ("otlp", MetricsExporter::Otlp),
        ("prometheus", MetricsExporter::Http),
    ];
    let list = List {
        variable: "OTEL_METRICS_EXPORTER",
        key: "metrics.exporters",
        known: &metrics,
    };
    if let Some(exporters) = list.apply(merge, variables, monitoring.metrics.exporters) {
        merge.settings.monitoring.metrics.exporters = leak(exporters);
    }
}

/// Lays `OTEL_METRIC_EXPORT_INTERVAL` over `metrics.interval`. It is in milliseconds.
pub(super) fn interval(merge: &mut Merge, variables: &Variables) {
    const KEY: &str = "metrics.interval";
    let Some(text) = variables.get(EXPORT_INTERVAL) else {
        return;
    };
    let Ok(key) = find_key(KEY) else { return };
    if key
        .variables()
        .iter()
        .any(|own| variables.get(own).is_some())
    {
        return;
    }
    let origin = Origin::variable(EXPORT_INTERVAL);
    match text.trim().parse().map(Duration::from_millis) {
        Ok(interval) if interval >= Metrics::MIN_INTERVAL => {
            merge.settings.monitoring.metrics.interval = interval;
            merge.origins.insert(KEY.to_owned(), origin);
        }
        _ => {
            let message = format!("`{text}` is not a number of milliseconds, 100 or more");
            let issue = Issue::new("duration.range", KEY, message, "write for example `10000`");
            merge.refuse(origin, issue);
        }
    }
}

/// A variable with words for some members of a key's list. The first of them is OTLP.
struct List<'a, T> {
    variable: &'static str,
    key: &'static str,
    known: &'a [(&'static str, T)],
}

impl<T: Copy + PartialEq> List<'_, T> {
    /// The list after the variable. `None` where it says nothing, or the key's own variable is set.
    fn apply(&self, merge: &mut Merge, variables: &Variables, before: &[T]) -> Option<Vec<T>> {
        let text = variables.get(self.variable)?;
        let key = find_key(self.key).ok()?;
        if key
            .variables()
            .iter()
            .any(|own| variables.get(own).is_some())
        {
            return None;
        }
        let origin = Origin::variable(self.variable);
        let mut list = before.to_vec();
        for word in text
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
        {
            let is_word = |known: &str| word.eq_ignore_ascii_case(known);
            match self.known.iter().find(|(known, _)| is_word(known)) {
                Some((_, member)) if list.contains(member) => {}
                Some((_, member)) => list.push(*member),
                None if is_word("none") => {
                    list.retain(|member| self.known.first().is_none_or(|(_, otlp)| member != otlp));
                }
                None => merge.refuse(origin.clone(), self.unknown(word)),
            }
        }
        if list != before {
            merge.origins.insert(self.key.to_owned(), origin);
        }
        Some(list)
    }

    fn unknown(&self, word: &str) -> Issue {
        let names: Vec<_> = self
            .known
            .iter()
            .map(|(known, _)| format!("`{known}`"))
            .collect();
        Issue::new(
            "choice.unknown",
            self.variable,
            format!("the exporter `{word}` is not supported"),
            format!("write a list of {} or `none`", names.join(", ")),
        )
    }
}

/// Unknown names are left out; a list without a known one turns propagation off.
fn propagators(merge: &mut Merge, key: &Key, text: &str) {
    let origin = Origin::variable(PROPAGATORS);
    let words = text.split(',').map(str::trim);
    let mut chosen = Vec::new();
    for word in words.filter(|word| !word.is_empty()) {
        match Propagator::parse(&word.to_ascii_lowercase()) {
            Ok(form) if chosen.contains(&form) => {}
            Ok(form) => chosen.push(form),
            Err(_) => merge.refuse(origin.clone(), unknown_propagator(word)),
        }
    }
    merge.settings.monitoring.tracing.propagators = leak(chosen);
    merge.origins.insert(key.to_string(), origin);
}

fn unknown_propagator(word: &str) -> Issue {
    let names = Propagator::WORDS.join("`, `");
    Issue::new(
        "choice.unknown",
        PROPAGATORS,
        format!("the propagator `{word}` is not supported"),
        format!("write a list of `{names}`"),
    )
}
