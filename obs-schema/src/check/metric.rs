//! Metrics.

use super::common::{about, bucket_finding, label_findings};
use crate::ascii;
use crate::bucket::{check_buckets, check_objectives};
use crate::cardinality::check_series;
use crate::def::{MetricDef, MetricKind};
use crate::event::EventDef;
use crate::issue::{Finding, Findings};
use crate::name::{check_metric, family_name, name_finding};
use crate::text::Message;
use crate::unit::check_unit_of;

/// Everything wrong with a metric, but for its series budget.
#[must_use]
pub const fn metric_findings(metric: &MetricDef) -> Findings {
    Findings::new()
        .and(name_finding("name", check_metric(metric.name, metric.kind)))
        .and(unit_finding(metric))
        .and(help_finding(metric))
        .and_all(&label_findings(metric.name, metric.labels, false))
        .and(buckets_finding(metric))
        .and(objectives_finding(metric))
}

/// Fails the build when a rule refuses the metric.
///
/// # Panics
/// With every finding. Meant for constants.
#[track_caller]
pub const fn assert_metric(metric: &MetricDef) {
    metric_findings(metric).assert_none();
}

/// A metric with more series than `budget`.
#[must_use]
pub const fn budget_finding(metric: &MetricDef, budget: u64) -> Option<Finding> {
    let help = "leave out a label, or raise `series_budget` in `#[metrics(..)]`";
    over_budget(metric, budget, help)
}

/// Everything wrong with the counter of a business event that may have `budget` series.
#[must_use]
pub const fn event_findings(event: &EventDef, budget: u64) -> Findings {
    let help = "leave out a label, or raise `series_budget` in `#[event(..)]`";
    metric_findings(event.counter).and(over_budget(event.counter, budget, help))
}

const fn over_budget(metric: &MetricDef, budget: u64, help: &str) -> Option<Finding> {
    match check_series(metric.name, metric.labels, budget) {
        Ok(()) => None,
        Err(error) => Some(Finding::new(error.code(), "labels", error.message(), help)),
    }
}

/// Fails the build when the metric can have more series than `budget`.
///
/// # Panics
/// With the multiplication: `requests_total: 6 x 40 x 12 = 2,880 series, budget 2,000`. Meant for constants.
#[track_caller]
pub const fn assert_series_budget(metric: &MetricDef, budget: u64) {
    Findings::new()
        .and(budget_finding(metric, budget))
        .assert_none();
}

/// The first two metrics of a list that cannot be exported together, because they are one family.
#[must_use]
pub const fn distinct_finding(metrics: &[&MetricDef]) -> Option<Finding> {
    let mut i = 0;
    while i < metrics.len() {
        let mut j = 0;
        while j < i {
            if ascii::eq(metrics[i].name, metrics[j].name) {
                let message = Message::new()
                    .str("the metric ")
                    .name(metrics[i].name)
                    .str(" is declared twice");
                return Some(Finding::new(
                    "metric.duplicate",
                    "name",
                    message,
                    "rename one",
                ));
            }
            if ascii::eq(family(metrics[i]), family(metrics[j])) {
                let message = Message::new()
                    .name(metrics[j].name)
                    .str(" and ")
                    .name(metrics[i].name)
                    .str(" are one family in OpenMetrics");
                return Some(Finding::new(
                    "metric.duplicate",
                    "name",
                    message,
                    "rename one",
                ));
            }
            j += 1;
        }
        i += 1;
    }
    None
}

/// Fails the build when two metrics of a list have the same name or family.
///
/// # Panics
/// With [`distinct_finding`]. Meant for constants.
#[track_caller]
pub const fn assert_distinct(metrics: &[&MetricDef]) {
    Findings::new().and(distinct_finding(metrics)).assert_none();
}

const fn family(metric: &MetricDef) -> &'static str {
    family_name(metric.name, metric.kind)
}

const fn unit_finding(metric: &MetricDef) -> Option<Finding> {
    if matches!(metric.kind, MetricKind::Info) && !metric.unit.is_empty() {
        let message = about(metric.name).str("an info has no unit");
        return Some(Finding::new("unit.info", "unit", message, "remove `unit`"));
    }
    match check_unit_of(metric.name, metric.unit) {
        Ok(()) => None,
        Err(error) => Some(Finding::new(
            error.code(),
            "unit",
            error.message(),
            error.help().as_str(),
        )),
    }
}

const fn help_finding(metric: &MetricDef) -> Option<Finding> {
    if !metric.help.as_bytes().trim_ascii().is_empty() {
        return None;
    }
    let message = Message::new().name(metric.name).str(" has no help text");
    Some(Finding::new(
        "metric.help",
        "help",
        message,
        "write a doc comment on it",
    ))
}

const fn buckets_finding(metric: &MetricDef) -> Option<Finding> {
    if matches!(metric.kind, MetricKind::Histogram) {
        if metric.buckets.is_empty() {
            let message = about(metric.name).str("a histogram has `buckets`");
            let help = "write `buckets = [..]`, only one of seconds has a default";
            return Some(Finding::new("buckets.empty", "buckets", message, help));
        }
        return bucket_finding("buckets", metric.name, check_buckets(metric.buckets));
    }
    if metric.buckets.is_empty() {
        None
    } else {
        Some(only_for("buckets", "histograms", metric))
    }
}

const fn objectives_finding(metric: &MetricDef) -> Option<Finding> {
    if !matches!(metric.kind, MetricKind::Summary) {
        return if !metric.objectives.is_empty() {
            Some(only_for("objectives", "summaries", metric))
        } else if metric.max_age_secs != 0.0 {
            Some(only_for("max_age", "summaries", metric))
        } else {
            None
        };
    }
    if !(metric.max_age_secs > 0.0 && metric.max_age_secs.is_finite()) {
        let message = about(metric.name).str("`max_age` must be above 0");
        return Some(Finding::new(
            "duration.range",
            "max_age",
            message,
            "write `max_age = \"10m\"`",
        ));
    }
    bucket_finding(
        "objectives",
        metric.name,
        check_objectives(metric.objectives),
    )
}

const fn only_for(option: &'static str, kind: &str, metric: &MetricDef) -> Finding {
    let message = about(metric.name)
        .name(option)
        .str(" is for ")
        .str(kind)
        .str(", this is a ")
        .str(metric.kind.as_str());
    Finding::new("metric.option", option, message, "remove it")
}
