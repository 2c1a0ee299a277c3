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

mod common;
mod metric;
mod operation;

pub use metric::{
    assert_distinct, assert_metric, assert_series_budget, budget_finding, distinct_finding,
    event_findings, metric_findings,
};
pub use operation::{assert_operation, assert_operation_budget, operation_findings};

use crate::def::ServiceDef;
use crate::issue::{Finding, Findings};
use crate::name::{check_service_name, name_finding};
use crate::text::Message;

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
#[track_caller]
pub const fn assert_service(service: &ServiceDef) {
    service_findings(service).assert_none();
}

#[cfg(test)]
mod tests;
