//! What metrics and operations have in common: names, labels, buckets.

use crate::ascii;
use crate::bucket::BucketError;
use crate::def::{LabelDef, Values};
use crate::issue::{Finding, Findings};
use crate::name::{check_label_value, check_metric_label, check_operation_label, name_finding};
use crate::text::Message;

pub(super) const fn bucket_finding(
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

/// `message` about the metric or operation `owner`, for texts that do not name it.
pub(super) const fn about(owner: &str) -> Message {
    Message::new().name(owner).str(": ")
}

pub(super) const fn label_findings(
    owner: &str,
    labels: &[LabelDef],
    of_operation: bool,
) -> Findings {
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
            .and(empty_label(owner, &labels[i]))
            .and(value_finding(&labels[i]));
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

/// The first value of a closed list that cannot be one.
const fn value_finding(label: &LabelDef) -> Option<Finding> {
    let Values::Finite(values) = label.values else {
        return None;
    };
    let mut i = 0;
    while i < values.len() {
        if let Some(found) = name_finding("labels", check_label_value(values[i])) {
            return Some(found);
        }
        i += 1;
    }
    None
}
