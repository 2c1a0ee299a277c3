//! The smallest and the largest duration by outcome, of which the cells know those of all outcomes together.

use std::time::Duration;

use obs_schema::def::{CallOutcome, OperationDef, OperationFamily};

use super::operations::{block, define};
use super::value;
use crate::callsite::Callsite;
use crate::metric::Registry;
use crate::metric::snapshot::Value;
use crate::op;
use crate::outcome::Verdict;
use crate::series::SeriesKey;
use crate::testing::VirtualClock;

fn call(callsite: &'static Callsite, clock: &VirtualClock, outcome: CallOutcome, millis: u64) {
    let mut op = op::begin(callsite, SeriesKey::Index(0), None);
    clock.advance(Duration::from_millis(millis));
    op.finish(Verdict {
        outcome,
        error: None,
    });
}

/// The ends of a series in milliseconds.
fn ends(operation: &str, outcome: &str) -> [Option<f64>; 2] {
    let labels = [("operation", operation), ("outcome", outcome)];
    let snapshot = Registry::global().snapshot_to_export();
    let Value::Histogram(histogram) = value(&snapshot, "operation_duration_seconds", &labels)
    else {
        panic!("no histogram");
    };
    let ends = histogram.ends;
    [ends.least, ends.greatest].map(|end| end.map(|end| (end * 1e3).round()))
}

#[test]
fn an_end_is_known_where_only_one_outcome_lasted_about_as_long() {
    static DEF: OperationDef = define(
        "weigh",
        &[block(
            OperationFamily::Operation,
            &[("operation", "weigh")],
            &[0.1, 1.0],
        )],
        &[],
    );
    static CALLSITE: Callsite = Callsite::new(&DEF);
    CALLSITE.register();
    let clock = crate::testing::virtual_clock();
    let both = || (ends("weigh", "ok"), ends("weigh", "error"));
    let unknown = [None, None];
    assert_eq!(both(), (unknown, unknown));
    call(&CALLSITE, &clock, CallOutcome::Ok, 20);
    call(&CALLSITE, &clock, CallOutcome::Ok, 40);
    assert_eq!(both(), ([Some(20.0), Some(40.0)], unknown));
    call(&CALLSITE, &clock, CallOutcome::Error, 5_000);
    assert_eq!(both(), ([Some(20.0), None], [None, Some(5_000.0)]));
    call(&CALLSITE, &clock, CallOutcome::Error, 30);
    assert_eq!(both(), (unknown, [None, Some(5_000.0)]));
}

#[test]
fn the_ends_of_functions_that_feed_one_series_are_those_of_all() {
    static ONE: OperationDef = define(
        "mill_one",
        &[block(
            OperationFamily::Operation,
            &[("operation", "mill")],
            &[0.1],
        )],
        &[],
    );
    static TWO: OperationDef = define(
        "mill_two",
        &[block(
            OperationFamily::Duration,
            &[("operation", "mill")],
            &[0.1],
        )],
        &[],
    );
    static FIRST: Callsite = Callsite::new(&ONE);
    static SECOND: Callsite = Callsite::new(&TWO);
    FIRST.register();
    SECOND.register();
    let clock = crate::testing::virtual_clock();
    call(&FIRST, &clock, CallOutcome::Ok, 20);
    assert_eq!(ends("mill", "ok"), [Some(20.0), Some(20.0)]);
    call(&SECOND, &clock, CallOutcome::Ok, 700);
    assert_eq!(ends("mill", "ok"), [Some(20.0), Some(700.0)]);
    // Of the second function nobody knows any more which of the two calls the extremes are of.
    call(&SECOND, &clock, CallOutcome::Error, 900);
    assert_eq!(ends("mill", "ok"), [None, None]);
}
