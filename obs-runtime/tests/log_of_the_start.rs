//! A program refines the log that `start` sets up, and its configuration stays in force.
#![cfg(feature = "log")]

use obs_runtime::Starter;
use obs_runtime::config::Layers;
use obs_runtime::log::{Decision, LogConfig, RecordMut};

fn refined(log: LogConfig) -> LogConfig {
    log.with_field("team", "checkout")
        .with_processor(|record: &mut RecordMut<'_>| {
            if record.message().contains("keep-alive") {
                return Decision::Drop;
            }
            Decision::Keep
        })
}

#[test]
fn what_the_program_adds_comes_to_what_the_configuration_says() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("shop.log");
    let layers = Layers::default().variables([
        ("OTEL_SERVICE_NAME", "shop"),
        ("OBS_LISTEN", "127.0.0.1:0"),
        ("OBS_LOG", "warn"),
        ("OBS__LOGGING__OUTPUTS", "file"),
        ("OBS_LOG_FILE", path.to_str().unwrap()),
    ]);
    let running = Starter::new(layers).with_log(refined).start().unwrap();
    tracing::info!("too little");
    tracing::warn!("keep-alive timed out");
    tracing::warn!(cents = 1250, "card declined");
    running.shutdown().wait();

    let lines = std::fs::read_to_string(&path).unwrap();
    assert_eq!(lines.lines().count(), 1, "{lines}");
    let line: serde_json::Value = serde_json::from_str(&lines).unwrap();
    assert_eq!(line["message"], "card declined");
    assert_eq!(line["service"], "shop");
    assert_eq!(line["fields"]["team"], "checkout");
}
