//! From a kept trace to the line that shows it.

use std::time::Duration;

use obs_schema::def::{CallOutcome, OperationDef, OperationFamily, SpanKind};

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
