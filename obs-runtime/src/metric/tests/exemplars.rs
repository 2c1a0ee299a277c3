//! From a kept trace to the line that shows it.

use std::collections::BTreeMap;
use std::time::Duration;

use obs_schema::def::{
    BlockDef, CallOutcome, LabelDef, OperationDef, OperationFamily, SpanKind, Values,
};
use proptest::prelude::*;

use super::operations::{block, define, end, histogram};
use crate::callsite::Callsite;
use crate::hot::clock;
use crate::metric::Registry;
use crate::metric::encode::Format;
use crate::metric::exemplar::{self, Call};
use crate::series::SeriesKey;

const LABELS: [(&str, &str); 2] = [("operation", "ship"), ("outcome", "ok")];

static DEF: OperationDef = OperationDef {
    span: Some(SpanKind::Internal),
    ..define(
        "ship",
        &[block(
            OperationFamily::Operation,
            &[("operation", "ship")],
            &[0.1, 1.0],
        )],
        &[],
    )
};
static CALLSITE: Callsite = Callsite::new(&DEF);

fn call(millis: u64, trace_id: u128) -> Call {
    Call {
        outcome: CallOutcome::Ok,
        ticks: clock::from_duration(Duration::from_millis(millis)),
        trace_id,
        unix_ns: 1_700_000_000_123_456_789,
    }
}

#[test]
fn a_bucket_shows_the_last_trace_that_was_kept() {
    end(&CALLSITE, 0, CallOutcome::Ok);
    for (millis, trace_id) in [(50, 1), (5000, 2), (60, 3)] {
        exemplar::offers().operation(&DEF, SeriesKey::Index(0), call(millis, trace_id));
    }
    let found = histogram("operation_duration_seconds", &LABELS).exemplars;
    let found: Vec<_> = found
        .iter()
        .map(|e| (e.bucket, e.trace_id, e.value))
        .collect();
    assert_eq!(found, [(0, 3, 0.06), (2, 2, 5.0)]);
    let failed = [LABELS[0], ("outcome", "error")];
    assert!(
        histogram("operation_duration_seconds", &failed)
            .exemplars
            .is_empty()
    );
    let text = String::from_utf8(Registry::global().scrape(Format::OPENMETRICS)).unwrap();
    let end = " # {trace_id=\"00000000000000000000000000000003\"} 0.06 1700000000.123";
    assert!(text.lines().any(|line| {
        line.starts_with("operation_duration_seconds_bucket{operation=\"ship\"")
            && line.ends_with(end)
    }));
    let text = String::from_utf8(Registry::global().scrape(Format::TEXT)).unwrap();
    assert!(!text.contains("trace_id"), "the text format has none");
}

#[test]
fn an_exemplar_lies_in_its_bucket() {
    static EDGES: OperationDef = define(
        "edges",
        &[block(
            OperationFamily::Operation,
            &[("operation", "edges")],
            &[0.005, 0.3],
        )],
        &[],
    );
    static EDGE: Callsite = Callsite::new(&EDGES);
    end(&EDGE, 0, CallOutcome::Ok);
    let labels = [("operation", "edges"), ("outcome", "ok")];
    for bound in [0.005, 0.3] {
        for off in [0, 1] {
            let ticks = clock::from_seconds(bound) + off;
            let call = Call {
                ticks,
                ..call(0, 9)
            };
            exemplar::offers().operation(&EDGES, SeriesKey::Index(0), call);
        }
    }
    for found in histogram("operation_duration_seconds", &labels).exemplars {
        let inside = match found.bucket {
            0 => found.value <= 0.005,
            1 => found.value > 0.005 && found.value <= 0.3,
            _ => found.value > 0.3,
        };
        assert!(inside, "{found:?}");
    }
}

/// Operations whose calls come mixed, with a label of many values: more kinds of calls than are remembered.
static MIXED: [OperationDef; 3] = [
    mixed("mixed_a", &[mixed_block(&[("operation", "mixed_a")])]),
    mixed("mixed_b", &[mixed_block(&[("operation", "mixed_b")])]),
    mixed("mixed_c", &[mixed_block(&[("operation", "mixed_c")])]),
];
static CALLSITES: [Callsite; 3] = [
    Callsite::new(&MIXED[0]),
    Callsite::new(&MIXED[1]),
    Callsite::new(&MIXED[2]),
];
const VALUES: [&str; 20] = [
    "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s",
    "t",
];
const VALUE: LabelDef = LabelDef {
    name: "value",
    values: Values::Finite(&VALUES),
};

const fn mixed(name: &'static str, blocks: &'static [BlockDef]) -> OperationDef {
    define(name, blocks, &[VALUE])
}

const fn mixed_block(constants: &'static [(&'static str, &'static str)]) -> BlockDef {
    block(OperationFamily::Operation, constants, &[0.01, 0.1, 1.0])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn of_each_bucket_of_each_series_it_is_the_last(
        calls in proptest::collection::vec((0..3_usize, 0..VALUES.len(), any::<bool>(), 0..2_000_u64), 1..400),
    ) {
        let mut wanted = BTreeMap::new();
        for (at, &(operation, value, failed, millis)) in calls.iter().enumerate() {
            let outcome = if failed { CallOutcome::Error } else { CallOutcome::Ok };
            end(&CALLSITES[operation], value, outcome);
            let call = Call { outcome, ..call(millis, at as u128 + 1) };
            exemplar::offers().operation(&MIXED[operation], SeriesKey::Index(value), call);
            let bucket = [10, 100, 1_000].iter().filter(|bound| **bound < millis).count();
            wanted.insert((operation, value, failed, bucket), call.trace_id);
        }
        for ((operation, value, failed, bucket), trace_id) in wanted {
            let live = crate::operation::find(&MIXED[operation]);
            let block = live[0].block(SeriesKey::Index(value)).unwrap();
            let outcome = if failed { CallOutcome::Error } else { CallOutcome::Ok };
            let mut found = Vec::new();
            exemplar::of(block, outcome, &mut found);
            prop_assert!(found.is_sorted_by_key(|exemplar| exemplar.bucket));
            let found = found.iter().find(|exemplar| exemplar.bucket == bucket);
            prop_assert_eq!(found.map(|exemplar| exemplar.trace_id), Some(trace_id));
        }
    }
}
