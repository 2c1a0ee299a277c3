//! Whole definitions against the rule book.
//!
//! An expansion emits a definition and, beside it, `const _: () = assert_metric(&DEF);`.
//! So a definition that a derive puts together from several places, or that is
//! written by hand, is checked as well, and a mistake is a compile error.
//!
//! ```
//! use obs_schema::check::{assert_metric, assert_series_budget};
//! use obs_schema::def::{LabelDef, MetricDef, MetricKind, Source, Values};
//! const ORDERS: MetricDef = MetricDef {
//!     name: "orders_total",
//!     help: "Orders that were placed.",
//!     kind: MetricKind::Counter,
//!     unit: "",
//!     labels: &[LabelDef { name: "region", values: Values::Finite(&["eu", "us"]) }],
//!     buckets: &[],
//!     objectives: &[],
//!     max_age_secs: 0.0,
//!     owner: "Shop",
//!     source: Source { module: module_path!(), file: file!(), line: line!() },
//! };
//! const _: () = assert_metric(&ORDERS);
//! const _: () = assert_series_budget(&ORDERS, 2_000);
//! ```

use crate::ascii;
use crate::bucket::{BucketError, check_buckets, check_duration_buckets, check_objectives};
use crate::cardinality::{check_operation_series, check_series};
use crate::def::{
    BlockDef, LabelDef, MetricDef, MetricKind, OperationDef, OperationFamily, ServiceDef, Values,
};
use crate::issue::{Finding, Findings};
use crate::name::{
    NameError, check_label_name, check_metric, check_metric_label, check_operation_label,
    check_operation_name, check_service_name, family_name,
};
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
pub const fn assert_metric(metric: &MetricDef) {
    metric_findings(metric).assert_none();
}

/// Fails the build when the metric can have more series than `budget`.
///
/// # Panics
/// With the multiplication: `requests_total: 6 x 40 x 12 = 2,880 series, budget 2,000`. Meant for constants.
pub const fn assert_series_budget(metric: &MetricDef, budget: u64) {
    if let Err(error) = check_series(metric.name, metric.labels, budget) {
        panic!("{}", error.text().as_str());
    }
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
pub const fn assert_distinct(metrics: &[&MetricDef]) {
    Findings::new().and(distinct_finding(metrics)).assert_none();
}

/// Everything wrong with an operation, but for its series budget.
#[must_use]
pub const fn operation_findings(operation: &OperationDef) -> Findings {
    let mut findings = Findings::new()
        .and(name_finding("name", check_operation_name(operation.name)))
        .and_all(&label_findings(operation.name, operation.labels, true))
        .and(blocks_finding(operation))
        .and(slow_finding(operation));
    let mut i = 0;
    while i < operation.blocks.len() {
        findings = findings.and_all(&block_findings(operation.name, &operation.blocks[i]));
        i += 1;
    }
    findings
}

/// Fails the build when a rule refuses the operation.
///
/// # Panics
/// With every finding. Meant for constants.
pub const fn assert_operation(operation: &OperationDef) {
    operation_findings(operation).assert_none();
}

/// Fails the build when the operation can have more series per family than `budget`.
///
/// # Panics
/// With the multiplication, outcomes first. Meant for constants.
pub const fn assert_operation_budget(operation: &OperationDef, budget: u64) {
    if let Err(error) = check_operation_series(operation, budget) {
        panic!("{}", error.text().as_str());
    }
}

/// Everything wrong with a service.
#[must_use]
pub const fn service_findings(service: &ServiceDef) -> Findings {
    let budget = if service.series_budget > 0 {
        None
    } else {
        let message = Message::new().str("`series_budget` must be at least 1");
        Some(Finding::new(
            "number.range",
            "series_budget",
            message,
            "leave it out for the default",
        ))
    };
    Findings::new()
        .and(name_finding("name", check_service_name(service.name)))
        .and(budget)
}

/// Fails the build when a rule refuses the service.
///
/// # Panics
/// With every finding. Meant for constants.
pub const fn assert_service(service: &ServiceDef) {
    service_findings(service).assert_none();
}

const fn family(metric: &MetricDef) -> &'static str {
    family_name(metric.name, metric.kind)
}

const fn name_finding(path: &'static str, checked: Result<(), NameError<'_>>) -> Option<Finding> {
    match checked {
        Ok(()) => None,
        Err(error) => Some(Finding::new(
            error.code(),
            path,
            error.message(),
            error.help().as_str(),
        )),
    }
}

/// `message` about the metric or operation `owner`, for texts that do not name it.
const fn about(owner: &str) -> Message {
    Message::new().name(owner).str(": ")
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

const fn label_findings(owner: &str, labels: &[LabelDef], of_operation: bool) -> Findings {
    let mut findings = Findings::new();
    let mut i = 0;
    while i < labels.len() {
        let name = labels[i].name;
        let checked = if of_operation {
            check_operation_label(name)
        } else {
            check_metric_label(name)
        };
        findings = findings
            .and(name_finding("labels", checked))
            .and(repeated_label(owner, labels, i))
            .and(empty_label(owner, &labels[i]));
        i += 1;
    }
    findings
}

const fn repeated_label(owner: &str, labels: &[LabelDef], at: usize) -> Option<Finding> {
    let mut i = 0;
    while i < at {
        if ascii::eq(labels[i].name, labels[at].name) {
            let message = about(owner)
                .str("the label ")
                .name(labels[at].name)
                .str(" is there twice");
            return Some(Finding::new(
                "label.duplicate",
                "labels",
                message,
                "rename one",
            ));
        }
        i += 1;
    }
    None
}

const fn empty_label(owner: &str, label: &LabelDef) -> Option<Finding> {
    if label.values.count() > 0 {
        return None;
    }
    let message = about(owner)
        .str("the label ")
        .name(label.name)
        .str(" has no values");
    let help = match label.values {
        Values::Finite(_) => "add a variant to its enum",
        Values::Capped { .. } => "write `max_series = 100`",
    };
    Some(Finding::new("label.empty", "labels", message, help))
}

const fn buckets_finding(metric: &MetricDef) -> Option<Finding> {
    if matches!(metric.kind, MetricKind::Histogram) {
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

const fn bucket_finding(
    path: &'static str,
    owner: &str,
    checked: Result<(), BucketError>,
) -> Option<Finding> {
    match checked {
        Ok(()) => None,
        Err(error) => Some(Finding::new(
            error.code(),
            path,
            about(owner).text(&error.message()),
            error.help().as_str(),
        )),
    }
}

const fn blocks_finding(operation: &OperationDef) -> Option<Finding> {
    if operation.blocks.len() <= OperationDef::MAX_BLOCKS {
        return None;
    }
    let message = about(operation.name)
        .str("a function has metrics of at most ")
        .number(OperationDef::MAX_BLOCKS as u64)
        .str(" attributes, this one of ")
        .number(operation.blocks.len() as u64);
    Some(Finding::new(
        "operation.blocks",
        "blocks",
        message,
        "remove one of the attributes",
    ))
}

const fn slow_finding(operation: &OperationDef) -> Option<Finding> {
    if operation.slow_secs >= 0.0 && operation.slow_secs.is_finite() {
        return None;
    }
    let message = about(operation.name).str("`slow` must be a duration");
    Some(Finding::new(
        "duration.range",
        "slow",
        message,
        "write `slow = \"1s\"`",
    ))
}

const fn block_findings(owner: &str, block: &BlockDef) -> Findings {
    let mut findings = Findings::new();
    let mut i = 0;
    while i < block.constants.len() {
        findings = findings.and(name_finding(
            "labels",
            check_label_name(block.constants[i].0),
        ));
        i += 1;
    }
    if matches!(block.family, OperationFamily::Calls) {
        return findings;
    }
    findings.and(bucket_finding(
        "buckets",
        owner,
        check_duration_buckets(block.buckets),
    ))
}

#[cfg(test)]
mod tests;
