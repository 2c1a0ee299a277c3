use super::*;
use crate::bucket::{DEFAULT_DURATION_BUCKETS, DEFAULT_OBJECTIVES};
use crate::cardinality::check_operation_series;
use crate::def::{
    BlockDef, LabelDef, MetricDef, MetricKind, OperationDef, OperationFamily, Values,
};
use crate::def::{CallOutcome, Source};

const SOURCE: Source = Source {
    module: "shop",
    file: "shop.rs",
    line: 1,
};

const COUNTER: MetricDef = MetricDef {
    name: "orders_total",
    help: "Orders.",
    kind: MetricKind::Counter,
    unit: "",
    labels: &[],
    buckets: &[],
    objectives: &[],
    max_age_secs: 0.0,
    owner: "Shop",
    source: SOURCE,
};
const HISTOGRAM: MetricDef = MetricDef {
    name: "latency_seconds",
    kind: MetricKind::Histogram,
    unit: "seconds",
    buckets: DEFAULT_DURATION_BUCKETS,
    ..COUNTER
};
const SUMMARY: MetricDef = MetricDef {
    name: "size_bytes",
    kind: MetricKind::Summary,
    unit: "bytes",
    objectives: DEFAULT_OBJECTIVES,
    max_age_secs: 600.0,
    ..COUNTER
};
const OPERATION: OperationDef = OperationDef {
    name: "place_order",
    service: "",
    function: "shop::place_order",
    span: None,
    blocks: &[BLOCK],
    labels: &[label("region", 3)],
    outcomes: 0b1111,
    slow_secs: 0.0,
    root: false,
    attributes: &[],
    source: SOURCE,
};
const BLOCK: BlockDef = BlockDef {
    family: OperationFamily::Operation,
    constants: &[("operation", "place_order")],
    buckets: DEFAULT_DURATION_BUCKETS,
};

const fn label(name: &'static str, max_series: u32) -> LabelDef {
    LabelDef {
        name,
        values: Values::Capped { max_series },
    }
}

const _: () = assert_metric(&COUNTER);
const _: () = assert_metric(&HISTOGRAM);
const _: () = assert_metric(&SUMMARY);
const _: () = assert_operation(&OPERATION);
const _: () = assert_operation_budget(&OPERATION, 12);
const _: () = assert_distinct(&[&COUNTER, &HISTOGRAM, &SUMMARY]);

fn metric(metric: &MetricDef) -> Vec<String> {
    metric_findings(metric)
        .issues()
        .iter()
        .map(ToString::to_string)
        .collect()
}

fn operation(operation: &OperationDef) -> Vec<String> {
    operation_findings(operation)
        .issues()
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
#[should_panic(expected = "requests_total: 6 x 40 x 12 = 2,880 series, budget 2,000")]
fn too_many_series_show_the_multiplication() {
    const LABELS: &[LabelDef] = &[label("a", 6), label("b", 40), label("c", 12)];
    assert_series_budget(
        &MetricDef {
            name: "requests_total",
            labels: LABELS,
            ..COUNTER
        },
        2_000,
    );
}

#[test]
#[should_panic(expected = "place_order: 4 x 3 = 12 series, budget 11")]
fn an_operation_counts_its_outcomes() {
    assert_operation_budget(&OPERATION, 11);
}

#[test]
fn outcomes_that_do_not_exist_are_not_counted() {
    let operation = OperationDef {
        outcomes: CallOutcome::Ok.bit() | 0b1100_0000,
        ..OPERATION
    };
    assert_eq!(check_operation_series(&operation, 3), Ok(()));
}

#[test]
fn options_belong_to_kinds() {
    assert_eq!(
        metric(&MetricDef {
            buckets: &[1.0],
            objectives: DEFAULT_OBJECTIVES,
            ..COUNTER
        }),
        [
            "`orders_total`: `buckets` is for histograms, this is a counter; remove it",
            "`orders_total`: `objectives` is for summaries, this is a counter; remove it",
        ],
    );
    assert_eq!(
        metric(&MetricDef {
            max_age_secs: 1.0,
            ..HISTOGRAM
        }),
        ["`latency_seconds`: `max_age` is for summaries, this is a histogram; remove it"],
    );
    assert_eq!(
        metric(&MetricDef {
            max_age_secs: 0.0,
            ..SUMMARY
        }),
        ["`size_bytes`: `max_age` must be above 0; write `max_age = \"10m\"`"],
    );
    assert_eq!(
        metric(&MetricDef {
            name: "build_info",
            kind: MetricKind::Info,
            unit: "seconds",
            ..COUNTER
        }),
        ["`build_info`: an info has no unit; remove `unit`"],
    );
}

#[test]
fn lists_name_the_metric_they_belong_to() {
    assert_eq!(
        metric(&MetricDef {
            buckets: &[1.0, 0.5],
            ..HISTOGRAM
        }),
        [
            "`latency_seconds`: buckets must increase, but 0.5 follows 1; sort them and remove duplicates"
        ],
    );
    assert_eq!(
        metric(&MetricDef {
            objectives: &[(2.0, 0.1)],
            ..SUMMARY
        }),
        [
            "`size_bytes`: a quantile must be between 0 and 1, got 2; write percentiles as fractions: `0.99` for the 99th"
        ],
    );
}

#[test]
fn a_metric_has_help() {
    assert_eq!(
        metric(&MetricDef {
            help: " \n",
            ..COUNTER
        }),
        ["`orders_total` has no help text; write a doc comment on it"],
    );
}

#[test]
fn labels_are_distinct_and_have_values() {
    const LABELS: &[LabelDef] = &[
        label("region", 1),
        label("region", 1),
        label("le", 1),
        label("service", 1),
        label("tenant", 0),
        LabelDef {
            name: "kind",
            values: Values::Finite(&[]),
        },
    ];
    assert_eq!(
        metric(&MetricDef {
            labels: LABELS,
            ..COUNTER
        }),
        [
            "`orders_total`: the label `region` is there twice; rename one",
            "`le` is reserved for the bounds of histogram buckets; choose another name",
            "`service` is reserved for the common label that is on every series; choose another name",
            "`orders_total`: the label `tenant` has no values; write `max_series = 100`",
            "`orders_total`: the label `kind` has no values; add a variant to its enum",
        ],
    );
}

#[test]
fn values_that_stand_in_the_source_can_be_exported() {
    const LABELS: &[LabelDef] = &[LabelDef {
        name: "kind",
        values: Values::Finite(&["a", ""]),
    }];
    assert_eq!(
        metric(&MetricDef {
            labels: LABELS,
            ..COUNTER
        }),
        ["a label value is empty; write one: an empty value is the same as no label"],
    );
}

#[test]
fn all_mistakes_of_a_metric_are_reported_together() {
    let metric = metric(&MetricDef {
        name: "orders_ms",
        help: "",
        ..COUNTER
    });
    assert_eq!(
        metric,
        [
            "`orders_ms` is a counter and must end in `_total`; write `orders_ms_total`",
            "`orders_ms` contains `ms`, which is not a base unit; report `seconds` as a real number",
            "`orders_ms` has no help text; write a doc comment on it",
        ],
    );
}

#[test]
fn two_metrics_are_two_families() {
    let distinct = |a: &MetricDef, b: &MetricDef| {
        distinct_finding(&[a, b]).map(|found| found.message.to_string())
    };
    assert_eq!(
        distinct(&COUNTER, &COUNTER).as_deref(),
        Some("the metric `orders_total` is declared twice")
    );
    let gauge = MetricDef {
        name: "orders",
        kind: MetricKind::Gauge,
        ..COUNTER
    };
    assert_eq!(
        distinct(&gauge, &COUNTER).as_deref(),
        Some("`orders` and `orders_total` are one family in OpenMetrics"),
    );
    assert_eq!(distinct(&HISTOGRAM, &COUNTER), None);
}

#[test]
fn an_operation() {
    assert_eq!(
        operation(&OperationDef {
            name: "",
            labels: const { &[label("outcome", 1)] },
            slow_secs: f64::NAN,
            ..OPERATION
        }),
        [
            "an operation name is empty; write a name",
            "`outcome` is reserved for a label that operations already have; choose another name",
            "``: `slow` must be a duration; write `slow = \"1s\"`",
        ],
    );
    const BLOCKS: &[BlockDef] = &[BlockDef {
        buckets: &[0.0, 1.0],
        ..BLOCK
    }];
    assert_eq!(
        operation(&OperationDef {
            blocks: BLOCKS,
            ..OPERATION
        }),
        ["`place_order`: a duration bucket must be above 0, got 0; write the bounds in seconds"],
    );
    const COUNT_ONLY: &[BlockDef] = &[BlockDef {
        family: OperationFamily::Calls,
        buckets: &[],
        ..BLOCK
    }];
    assert!(
        operation(&OperationDef {
            blocks: COUNT_ONLY,
            ..OPERATION
        })
        .is_empty()
    );
    assert_eq!(
        operation(&OperationDef {
            blocks: &[BLOCK; 5],
            ..OPERATION
        }),
        [
            "`place_order`: a function has metrics of at most 4 attributes, this one of 5; remove one of the attributes"
        ],
    );
}

#[test]
fn a_service() {
    let service = ServiceDef {
        name: " shop",
        version: "1",
        namespace: "",
        series_budget: 0,
        source: SOURCE,
    };
    let said: Vec<String> = service_findings(&service)
        .issues()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        said,
        [
            "` shop` has white space at an end or a control character at position 1; write `shop`",
            "`series_budget` must be at least 1; leave it out for the default",
        ],
    );
}
