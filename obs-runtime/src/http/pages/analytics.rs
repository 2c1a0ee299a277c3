//! What the users of the program do.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::values::{number, seconds};
use super::{Call, Page};
use crate::analytics::{self, ModelUsage, RETENTION, SLOT, Summary, USERS_ERROR};
use crate::http::answer::Answer;
use crate::http::params::Param;
use crate::http::problem::Problem;

pub(in crate::http) const SUMMARY: Page = Page::heavy(
    "Business events over a window: how many, by event, feature, error and model, tokens, cost, and different users.",
    summary,
)
.with(&[
    Param {
        name: "window",
        doc: "how far to look back, from `5m` to `24h`, in whole slots of five minutes; `24h` if left out",
    },
    Param {
        name: "limit",
        doc: "how long each list may be, from 1 to 1000; 100 if left out",
    },
]);

const LIMIT: usize = 100;
const MAX_LIMIT: usize = 1000;

fn summary(call: &Call<'_>) -> Result<Answer, Problem> {
    let asked: Option<Duration> = call.params.duration_within("window", SLOT..=RETENTION)?;
    let limit = call.params.count("limit", 1..=MAX_LIMIT)?;
    let summary = analytics::summary(asked.unwrap_or(RETENTION));
    Ok(shown(&summary, limit.unwrap_or(LIMIT)).into())
}

fn shown(summary: &Summary, limit: usize) -> Value {
    let counted = |name: &str, count: u64, errors: u64| json!({"name": name, "count": count, "errors": errors});
    let events = summary.by_event.iter();
    let features = summary.by_feature.iter();
    let errors = summary.by_error.iter();
    json!({
        "window_seconds": seconds(summary.window),
        "covered_seconds": seconds(summary.covered),
        "events": {
            "total": summary.events,
            "errors": summary.errors,
            "anonymous": summary.anonymous_events,
            "by_name": list(events.map(|one| counted(&one.name, one.count, one.errors)), limit),
        },
        "users": users(summary),
        "features": list(features.map(|one| counted(&one.name, one.count, one.errors)), limit),
        "errors": list(errors.map(|one| json!({"name": one.name, "count": one.count})), limit),
        "models": list(summary.by_model.iter().map(model), limit),
        "tokens": {
            "in": sum(summary, |model| model.tokens_in),
            "out": sum(summary, |model| model.tokens_out),
        },
        "cost": cost(summary),
    })
}

fn users(summary: &Summary) -> Value {
    let users = summary.users;
    let error = if users.is_exact { 0.0 } else { USERS_ERROR };
    json!({"distinct": users.count, "exact": users.is_exact, "standard_error": error})
}

fn model(model: &ModelUsage) -> Value {
    json!({
        "name": model.name,
        "requests": model.requests,
        "errors": model.errors,
        "tokens_in": model.tokens_in,
        "tokens_out": model.tokens_out,
        "cost": model.cost.map(number),
    })
}

fn cost(summary: &Summary) -> Value {
    let models = summary.by_model.iter();
    let unpriced = models.filter(|model| model.cost.is_none()).count();
    json!({
        "amount": number(summary.cost),
        "currency": summary.currency,
        "models_without_price": unpriced,
    })
}

fn sum(summary: &Summary, of: impl Fn(&ModelUsage) -> u64) -> u64 {
    let models = summary.by_model.iter();
    models.fold(0, |sum, model| sum.saturating_add(of(model)))
}

/// The first of a list, and how many more there are.
fn list(rows: impl ExactSizeIterator<Item = Value>, limit: usize) -> Value {
    let left_out = rows.len().saturating_sub(limit);
    let rows: Vec<Value> = rows.take(limit).collect();
    let mut list = Map::new();
    list.insert("list".to_owned(), Value::Array(rows));
    list.insert("left_out".to_owned(), json!(left_out));
    Value::Object(list)
}
