//! The metrics over a window of time, for people.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::values::{kind, number, seconds};
use super::{Call, Page};
use crate::http::answer::Answer;
use crate::http::params::Param;
use crate::http::problem::Problem;
use crate::metric::snapshot::Label;
use crate::metric::window::{self, FamilyWindow, RETENTION, SeriesWindow, Stats};

pub(in crate::http) const SUMMARY: Page = Page::heavy(
    "Per metric, over a window: count, rate, smallest, largest, mean, median, p95 and p99; of a gauge also the last value.",
    summary,
)
.with(&[Param {
    name: "window",
    doc: "how far to look back, from `1s` to `15m`; `5m` if left out",
}]);

/// What is looked at if nobody says.
const WINDOW: Duration = Duration::from_secs(5 * 60);
const SHORTEST: Duration = Duration::from_secs(1);

fn summary(call: &Call<'_>) -> Result<Answer, Problem> {
    let asked = call
        .params
        .duration_within("window", SHORTEST..=RETENTION)?;
    let window = asked.unwrap_or(WINDOW);
    let summary = window::summary(window);
    let metrics: Vec<Value> = summary.families.iter().map(family).collect();
    Ok(json!({
        "window_seconds": seconds(window),
        "covered_seconds": seconds(summary.covered),
        "untracked_series": summary.untracked,
        "metrics": metrics,
    })
    .into())
}

fn family(family: &FamilyWindow) -> Value {
    let series: Vec<Value> = family.series.iter().map(series).collect();
    json!({
        "name": family.name,
        "kind": kind(family.kind),
        "unit": family.unit,
        "total": stats(&family.total),
        "series": series,
    })
}

fn series(series: &SeriesWindow) -> Value {
    let label = |(name, value): &Label| (name.to_string(), json!(value));
    let labels: Map<String, Value> = series.labels.iter().map(label).collect();
    let mut fields = stats(&series.stats);
    fields.insert("labels".to_owned(), Value::Object(labels));
    Value::Object(fields)
}

/// The numbers that there are: what means nothing for the kind of metric is left out.
fn stats(stats: &Stats) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("count".to_owned(), json!(stats.count));
    for (name, value) in [
        ("increase", stats.increase),
        ("rate", stats.rate),
        ("min", stats.min),
        ("max", stats.max),
        ("mean", stats.mean),
        ("median", stats.median),
        ("p95", stats.p95),
        ("p99", stats.p99),
        ("last", stats.last),
    ] {
        if let Some(value) = value {
            fields.insert(name.to_owned(), number(value));
        }
    }
    fields
}
