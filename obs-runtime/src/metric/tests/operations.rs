use std::time::Duration;

use obs_schema::def::{
    BlockDef, CallOutcome, LabelDef, OperationDef, OperationFamily, Source, Values,
};

use super::value;
use crate::callsite::Callsite;
use crate::metric::snapshot::{Histogram, Value};
use crate::metric::{Registry, set_rate_limit_remaining};
use crate::op;
use crate::outcome::Verdict;
use crate::series::SeriesKey;

const SIZE: LabelDef = LabelDef {
    name: "size",
    values: Values::Finite(&["small", "large"]),
};

pub(super) const fn define(
    name: &'static str,
    blocks: &'static [BlockDef],
    labels: &'static [LabelDef],
) -> OperationDef {
    OperationDef {
        name,
        service: "",
        function: "tests::operations",
        span: None,
        blocks,
        labels,
        outcomes: CallOutcome::Ok.bit() | CallOutcome::Error.bit() | CallOutcome::Panic.bit(),
        slow_secs: 0.0,
        root: false,
        attributes: &[],
        source: Source {
            module: module_path!(),
            file: file!(),
            line: line!(),
        },
    }
}

pub(super) const fn block(
    family: OperationFamily,
    constants: &'static [(&'static str, &'static str)],
    buckets: &'static [f64],
) -> BlockDef {
    BlockDef {
        family,
        constants,
        buckets,
    }
}

pub(super) fn end(callsite: &'static Callsite, labels: usize, outcome: CallOutcome) {
    let mut op = op::begin(callsite, SeriesKey::Index(labels), None);
    op.finish(Verdict {
        outcome,
        error: None,
    });
}

pub(super) fn histogram(name: &str, labels: &[(&str, &str)]) -> Histogram {
    match value(&Registry::global().snapshot(), name, labels) {
        Value::Histogram(histogram) => histogram,
        other => panic!("{other:?}"),
    }
}

#[test]
fn calls_durations_and_calls_in_flight() {
    static DEF: OperationDef = define(
        "pack",
        &[BlockDef {
            family: OperationFamily::Operation,
            constants: &[("operation", "pack")],
            buckets: &[0.1, 1.0],
        }],
        &[SIZE],
    );
    static CALLSITE: Callsite = Callsite::new(&DEF);
    CALLSITE.register();
    let labels = |outcome| {
        [
            ("operation", "pack"),
            ("outcome", outcome),
            ("size", "large"),
        ]
    };
    let calls = |outcome| {
        value(
            &Registry::global().snapshot(),
            "operation_calls_total",
            &labels(outcome),
        )
    };
    let in_flight = || {
        value(
            &Registry::global().snapshot(),
            "operation_in_flight",
            &[("operation", "pack")],
        )
    };
    assert_eq!(
        calls("ok"),
        Value::Counter(0),
        "there before the first call"
    );
    assert_eq!(
        histogram("operation_duration_seconds", &labels("panic")).counts,
        [0, 0, 0]
    );
    let snapshot = Registry::global().snapshot();
    let family = snapshot.family("operation_calls_total").unwrap();
    assert!(
        family.with(&labels("timeout")).is_none(),
        "it cannot happen"
    );

    let clock = crate::testing::virtual_clock();
    let mut op = op::begin(&CALLSITE, SeriesKey::Index(1), None);
    assert_eq!(in_flight(), Value::Gauge(1.0));
    clock.advance(Duration::from_millis(250));
    op.finish(Verdict {
        outcome: CallOutcome::Error,
        error: None,
    });
    assert_eq!(in_flight(), Value::Gauge(0.0));
    end(&CALLSITE, 1, CallOutcome::Ok);
    assert_eq!(
        (calls("ok"), calls("error")),
        (Value::Counter(1), Value::Counter(1))
    );
    let failed = histogram("operation_duration_seconds", &labels("error"));
    assert_eq!(
        (failed.counts.as_slice(), failed.sum),
        (&[0, 1, 1][..], 0.25)
    );
    let fine = histogram("operation_duration_seconds", &labels("ok"));
    assert_eq!(
        (fine.counts.as_slice(), fine.sum),
        (&[1, 1, 1][..], 0.0),
        "sums are apart"
    );
}

#[test]
fn one_series_has_all_that_feeds_it() {
    const CONSTANTS: &[(&str, &str)] = &[("operation", "shared")];
    const WIDE: BlockDef = BlockDef {
        family: OperationFamily::Duration,
        constants: CONSTANTS,
        buckets: &[0.5, 1.0],
    };
    const NARROW: BlockDef = BlockDef {
        family: OperationFamily::Operation,
        constants: CONSTANTS,
        buckets: &[0.25, 0.5],
    };
    const COUNTED: BlockDef = BlockDef {
        family: OperationFamily::Calls,
        constants: CONSTANTS,
        buckets: &[],
    };
    static DEFS: [OperationDef; 3] = [
        define("shared", &[WIDE], &[]),
        define("shared", &[NARROW], &[]),
        define("shared", &[COUNTED], &[]),
    ];
    static CALLSITES: [Callsite; 3] = [
        Callsite::new(&DEFS[0]),
        Callsite::new(&DEFS[1]),
        Callsite::new(&DEFS[2]),
    ];
    for callsite in &CALLSITES {
        end(callsite, 0, CallOutcome::Ok);
    }
    let labels = [("operation", "shared"), ("outcome", "ok")];
    let duration = histogram("operation_duration_seconds", &labels);
    assert_eq!(*duration.bounds, [0.5], "the bound that both have");
    assert_eq!(duration.counts, [2, 2]);
    let calls = value(
        &Registry::global().snapshot(),
        "operation_calls_total",
        &labels,
    );
    assert_eq!(calls, Value::Counter(2));
}

#[test]
fn databases_and_apis_have_families_of_their_own() {
    static DEF: OperationDef = define(
        "load",
        &[
            BlockDef {
                family: OperationFamily::Database,
                constants: &[
                    ("db_system_name", "sqlite"),
                    ("db_operation_name", "select"),
                    ("db_collection_name", "orders"),
                ],
                buckets: &[1.0],
            },
            BlockDef {
                family: OperationFamily::ExternalApi,
                constants: &[("api", "github"), ("endpoint", "/user")],
                buckets: &[1.0],
            },
        ],
        &[],
    );
    static CALLSITE: Callsite = Callsite::new(&DEF);
    end(&CALLSITE, 0, CallOutcome::Error);
    let labels = [
        ("db_system_name", "sqlite"),
        ("db_operation_name", "select"),
        ("db_collection_name", "orders"),
        ("outcome", "error"),
    ];
    assert_eq!(
        histogram("db_client_operation_duration_seconds", &labels).count(),
        1
    );
    let labels = [
        ("api", "github"),
        ("endpoint", "/user"),
        ("outcome", "error"),
    ];
    assert_eq!(
        histogram("external_api_duration_seconds", &labels).count(),
        1
    );
    set_rate_limit_remaining("github", "/user", 4999.0);
    let remaining = value(
        &Registry::global().snapshot(),
        "external_api_rate_limit_remaining",
        &[("api", "github"), ("endpoint", "/user")],
    );
    assert_eq!(remaining, Value::Gauge(4999.0));
}
