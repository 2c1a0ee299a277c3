//! What is in force, for people: each key with its value, its default and who set it.

use std::fmt;

use obs_schema::monitoring::Logging;
use obs_schema::option::keys;
use obs_schema::value::{format_duration, format_size};

use super::problem::Origin;
use super::settings::{Settings, Slot};
use super::{Config, secret};

/// A key and what is in force for it. Secrets are hidden.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Entry {
    /// The key: `tracing.sampler`.
    pub key: String,
    /// The value in force.
    pub value: Shown,
    /// The value without any layer.
    pub default: Shown,
    /// Who set it.
    pub origin: Origin,
    /// What it does.
    pub doc: &'static str,
    /// The variables that set it, the strongest first.
    pub variables: Vec<String>,
}

/// A value as it is shown: durations and sizes with their unit, as they are written.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    /// Nothing is set.
    None,
    /// A switch.
    Bool(bool),
    /// A whole number.
    Int(u64),
    /// A ratio.
    Float(f64),
    /// Text.
    Text(String),
    /// Several words.
    List(Vec<&'static str>),
    /// Names with text.
    Pairs(Vec<(String, String)>),
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Bool(value) => value.fmt(f),
            Self::Int(number) => number.fmt(f),
            Self::Float(number) => number.fmt(f),
            Self::Text(text) => f.write_str(text),
            Self::List(words) => f.write_str(&words.join(", ")),
            Self::Pairs(pairs) => {
                for (i, (name, value)) in pairs.iter().enumerate() {
                    write!(f, "{}{name}={value}", if i > 0 { ", " } else { "" })?;
                }
                Ok(())
            }
        }
    }
}

impl Config {
    /// Every key, in the order of the reference, with secrets hidden.
    ///
    /// ```
    /// use obs_runtime::config::{Layers, Shown};
    /// let config = Layers::default().variables([("OBS_SAMPLER", "0.1")]).load().unwrap();
    /// let sampler = config.entries().into_iter().find(|entry| entry.key == "tracing.sampler").unwrap();
    /// assert_eq!(sampler.value, Shown::Float(0.1));
    /// assert_eq!(sampler.origin.to_string(), "OBS_SAMPLER");
    /// assert_eq!(sampler.default.to_string(), "parentbased_always_on");
    /// ```
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        let mut settings = self.settings();
        let mut defaults = Settings::DEFAULT;
        let show = |settings: &mut Settings, key: &str| {
            settings
                .slot(key)
                .map_or(Shown::None, |slot| secret::hide(slot.show()))
        };
        keys()
            .map(|key| {
                let name = key.to_string();
                Entry {
                    value: show(&mut settings, &name),
                    default: show(&mut defaults, &name),
                    origin: self.origin(&name).clone(),
                    doc: key.option.doc,
                    variables: key.variables(),
                    key: name,
                }
            })
            .collect()
    }
}

impl Slot<'_> {
    /// The value, as it is shown.
    pub(super) fn show(&self) -> Shown {
        match self {
            Self::Bool(value) => Shown::Bool(**value),
            Self::OptionalBool(value) => value.map_or(Shown::None, Shown::Bool),
            Self::Text(text) => text_or_none(text),
            Self::Pairs(pairs) => Shown::Pairs(owned(pairs)),
            Self::Ratios(ratios) => Shown::Pairs(
                ratios
                    .iter()
                    .map(|(name, ratio)| ((*name).to_owned(), ratio.to_string()))
                    .collect(),
            ),
            Self::Duration(duration) => Shown::Text(format_duration(**duration)),
            Self::Bytes(bytes) => Shown::Text(format_size(**bytes)),
            Self::Count(count) => Shown::Int((**count).into()),
            Self::OptionalCount(count) => count.map_or(Shown::None, |n| Shown::Int(n.into())),
            Self::Ratio(ratio) => Shown::Float(**ratio),
            Self::Sampler(sampler) => {
                let text = sampler.to_string();
                text.parse().map_or(Shown::Text(text), Shown::Float)
            }
            Self::Filter(logging) => Shown::Text(filter(logging)),
            Self::LogFormat(format) => Shown::Text(format.to_string()),
            Self::Rotation(rotation) => Shown::Text(rotation.to_string()),
            Self::HistogramForm(form) => Shown::Text(form.to_string()),
            Self::TraceExporter(exporter) => Shown::Text(exporter.to_string()),
            Self::SocketAccess(access) => Shown::Text(access.to_string()),
            Self::Anonymous(access) => Shown::Text(access.to_string()),
            Self::ClientAccess(access) => Shown::Text(access.to_string()),
            Self::LogOutputs(list) => Shown::List(list.iter().map(|word| word.as_str()).collect()),
            Self::Collectors(list) => Shown::List(list.iter().map(|word| word.as_str()).collect()),
            Self::Propagators(list) => Shown::List(list.iter().map(|word| word.as_str()).collect()),
            Self::MetricsExporters(list) => {
                Shown::List(list.iter().map(|word| word.as_str()).collect())
            }
        }
    }
}

fn text_or_none(text: &str) -> Shown {
    if text.is_empty() {
        Shown::None
    } else {
        Shown::Text(text.to_owned())
    }
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// The level with its exceptions, as `logging.level` reads them.
fn filter(logging: &Logging) -> String {
    let mut text = logging.level.to_string();
    for (target, level) in logging.targets {
        text.push_str(&format!(",{target}={level}"));
    }
    text
}
