//! Starting and stopping the monitoring of a process.

use std::time::Duration;

use obs_runtime::config::Layers;
use obs_runtime::{StartError, Starter, trace};

fn layers() -> Layers {
    Layers::default().variables([
        ("OBS_LISTEN", "127.0.0.1:0"),
        ("OBS_LOG", "off"),
        ("OTEL_SERVICE_NAME", "lifecycle-test"),
    ])
}

/// One process has one monitoring, so the steps share a test.
#[test]
fn a_service_starts_once_and_can_start_again_after_its_end() {
    assert!(!recording(), "nothing is recorded before the start");

    let running = Starter::new(layers()).start().unwrap();
    assert!(recording());
    let again = Starter::new(layers()).start();
    assert!(
        matches!(again, Err(StartError::AlreadyRunning)),
        "{again:?}"
    );
    assert!(running.flush(Duration::from_secs(5)));
    running.shutdown().wait();
    assert!(!recording(), "nothing is recorded after the end");

    let running = Starter::new(layers()).start().unwrap();
    assert!(recording());
    drop(running);
    assert!(!recording());

    // The end can be awaited on the only thread of a runtime.
    let running = Starter::new(layers()).start().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        tokio::time::timeout(Duration::from_secs(10), running.shutdown())
            .await
            .unwrap();
    });
    assert!(!recording());

    losses_are_counted();
}

/// `main` shows its error with `Debug`, and `unwrap` does.
#[test]
fn an_error_is_readable_where_programs_end() {
    let variables = [("OBS_LISTEN", "here"), ("OBS_SAMPLER", "2")];
    let error = Starter::new(Layers::default().variables(variables)).start();
    let error = error.unwrap_err();
    assert!(matches!(error, StartError::Config(_)));
    assert_eq!(format!("{error:?}"), error.to_string());
    assert!(
        error.to_string().lines().count() == 3,
        "a line for each mistake: {error}"
    );
}

/// What is lost on the way to the store is counted, by reason.
fn losses_are_counted() {
    let limited = layers().variables([("OBS__TRACING__RATE_LIMIT", "1")]);
    let running = Starter::new(limited).start().unwrap();
    let before = (
        count("obs_traces_dropped_total", "rate_limited"),
        count("obs_spans_lost_total", "trace_full"),
    );
    for _ in 0..5 {
        let _root = trace::span("limited").enter();
        trace::set_error("kept all the same");
        for _ in 0..2_000 {
            drop(trace::span("child").enter());
        }
    }
    assert!(running.flush(Duration::from_secs(5)));
    assert!(count("obs_traces_dropped_total", "rate_limited") >= before.0 + 4);
    assert_eq!(
        count("obs_spans_lost_total", "trace_full"),
        before.1 + 5 * (2_000 - 1_024)
    );
    running.shutdown().wait();
}

fn count(name: &str, reason: &str) -> u64 {
    let snapshot = obs_runtime::metric::Registry::global().snapshot();
    match snapshot
        .family(name)
        .unwrap()
        .with(&[("reason", reason)])
        .unwrap()
        .value
    {
        obs_runtime::metric::snapshot::Value::Counter(count) => count,
        ref other => panic!("{other:?}"),
    }
}

fn recording() -> bool {
    let _span = trace::span("probe").enter();
    trace::current().is_some()
}

#[test]
fn everything_wrong_with_the_configuration_is_said_at_once() {
    let wrong = Layers::default().variables([("OBS_SAMPLR", "1"), ("OBS_LOG", "inof")]);
    let error = Starter::new(wrong).start().unwrap_err().to_string();
    assert!(error.contains("did you mean `OBS_SAMPLER`"), "{error}");
    assert!(error.contains("did you mean `info`"), "{error}");
}
