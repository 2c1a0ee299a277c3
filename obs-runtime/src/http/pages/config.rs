//! The configuration in force.

use ::http::StatusCode;
use serde_json::{Map, Value, json};

use super::values::number;
use super::{Call, Page};
use crate::config::{Config, Entry, Shown};
use crate::http::answer::Answer;
use crate::http::problem::Problem;
use crate::lifecycle;

pub(in crate::http) const CONFIG: Page = Page::heavy(
    "The configuration in force: every key with its value, its default and who set it. Secrets are hidden.",
    config,
);

fn config(_: &Call<'_>) -> Result<Answer, Problem> {
    let Some(state) = lifecycle::state() else {
        let message = "there is no configuration before `obs_runtime::start`";
        return Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "not_started",
            message,
        ));
    };
    Ok(shown(&state.config).into())
}

fn shown(config: &Config) -> Value {
    let keys: Vec<Value> = config.entries().iter().map(entry).collect();
    let warnings: Vec<String> = config.warnings().iter().map(ToString::to_string).collect();
    let exporter: Map<String, Value> = config
        .exporter_variables()
        .map(|(name, value)| (name.to_owned(), Value::String(value)))
        .collect();
    json!({"keys": keys, "warnings": warnings, "exporter_variables": exporter})
}

fn entry(entry: &Entry) -> Value {
    json!({
        "key": entry.key,
        "value": value(&entry.value),
        "default": value(&entry.default),
        "origin": entry.origin.to_string(),
        "doc": entry.doc,
        "variables": entry.variables,
    })
}

fn value(shown: &Shown) -> Value {
    match shown {
        Shown::None => Value::Null,
        Shown::Bool(value) => json!(value),
        Shown::Int(value) => json!(value),
        Shown::Float(value) => number(*value),
        Shown::Text(text) => json!(text),
        Shown::List(words) => json!(words),
        Shown::Pairs(pairs) => {
            let member = |(name, value): &(String, String)| (name.clone(), json!(value));
            Value::Object(pairs.iter().map(member).collect())
        }
    }
}
