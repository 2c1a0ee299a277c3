//! The log file that a configuration asks for.

#![cfg(feature = "log")]

use std::time::Duration;

use obs_runtime::Starter;
use obs_runtime::config::Layers;

#[test]
fn a_service_logs_to_the_file_that_a_variable_names() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log/shop.log");
    let variables = [
        ("OBS_LISTEN", "127.0.0.1:0"),
        ("OBS__LOGGING__OUTPUTS", "file"),
        ("OBS_LOG_FILE", path.to_str().unwrap()),
        ("OBS__LOGGING__MAX_FILE_SIZE", "4KiB"),
        ("OBS__LOGGING__MAX_FILES", "2"),
        ("OTEL_SERVICE_NAME", "shop"),
    ];
    let running = Starter::new(Layers::default().variables(variables))
        .start()
        .unwrap();
    for order in 0..100 {
        tracing::info!(order, "delivered");
        if order % 10 == 0 {
            assert!(running.flush(Duration::from_secs(20)));
        }
    }
    assert!(running.flush(Duration::from_secs(20)));
    let text = std::fs::read_to_string(&path).unwrap();
    let last: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(last["message"], "delivered");
    assert_eq!(last["service"], "shop");
    assert_eq!(last["fields"]["order"], 99);
    assert!(text.len() <= 4096);
    let files = std::fs::read_dir(path.parent().unwrap()).unwrap().count();
    assert!(files > 1, "it never gave way");
    running.shutdown().wait();
}
