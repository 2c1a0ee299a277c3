//! The target of the configuration reaches every way in which a trace begins.

use std::time::{Duration, Instant};

use obs_runtime::trace::{self, Query, SpanContext, SpanId, TraceFlags, TraceId};
use obs_runtime::{Starter, config::Layers};

fn kept(name: &str) -> usize {
    let query = Query {
        operation: Some(name.to_owned()),
        limit: 10_000,
        ..Query::default()
    };
    trace::store().search(&query).len()
}

#[test]
fn each_operation_has_its_own_target_and_failures_are_kept_besides() {
    let variables = [
        ("OBS__HTTP__ENABLED", "false"),
        ("OBS_LOG", "off"),
        ("OBS__TRACING__TARGET_PER_SECOND", "5"),
        ("OBS__TRACING__KEPT_PER_SECOND", "500"),
    ];
    let running = Starter::new(Layers::default().variables(variables))
        .start()
        .unwrap();
    let started = Instant::now();
    for n in 0..2_000 {
        drop(trace::span("health").enter());
        if n % 500 == 0 {
            drop(trace::span("refund").enter());
        }
        if n % 4 == 0 {
            trace::span("broken").enter().set_error("out of order");
        }
    }
    let (trace_id, span_id) = (TraceId::new(7).unwrap(), SpanId::new(9).unwrap());
    let caller = SpanContext::new(trace_id, span_id, TraceFlags::SAMPLED);
    for _ in 0..100 {
        drop(trace::span("asked for").parent(caller.clone()).enter());
    }
    assert!(running.flush(Duration::from_secs(10)));
    // Twice the target in each second that has begun.
    let most = 10 * (started.elapsed().as_secs() as usize + 2);
    let health = kept("health");
    assert!((5..=most).contains(&health), "{health} of {most}");
    assert_eq!([kept("refund"), kept("broken")], [4, 500]);
    let store = trace::store();
    assert_eq!(store.get(trace_id).unwrap().spans.len(), 100);
    running.shutdown().wait();
}
