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
