//! Operations.

use super::common::{about, bucket_finding, label_findings};
use crate::bucket::check_duration_buckets;
use crate::cardinality::check_operation_series;
use crate::def::{BlockDef, OperationDef, OperationFamily};
use crate::issue::{Finding, Findings};
use crate::name::{check_label_name, check_operation_name, name_finding};

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
#[track_caller]
pub const fn assert_operation(operation: &OperationDef) {
    operation_findings(operation).assert_none();
}

/// Fails the build when the operation can have more series per family than `budget`.
///
/// # Panics
/// With the multiplication, outcomes first. Meant for constants.
#[track_caller]
pub const fn assert_operation_budget(operation: &OperationDef, budget: u64) {
    if let Err(error) = check_operation_series(operation, budget) {
        panic!("{}", error.text().as_str());
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
