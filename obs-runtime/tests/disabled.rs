//! A process that was started with `OTEL_SDK_DISABLED`: it sends no telemetry, and nobody restarts it for that.
#![cfg(all(
    feature = "macros",
    feature = "http",
    feature = "otlp",
    feature = "log"
))]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use obs_runtime::config::Layers;
use obs_runtime::{Starter, diagnostics, health_check, trace, trace_request};

#[trace_request("checkout")]
fn checkout() -> bool {
    trace::current().is_some()
}

#[health_check("stock", interval = "100ms")]
async fn stock() -> Result<(), String> {
    Err("sold out".to_owned())
}

/// The status and the body of an answer.
fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap();
    (status.parse().unwrap(), body.to_owned())
}

#[test]
fn probes_and_logs_stay_where_telemetry_is_turned_off() {
    let said = Arc::new(Mutex::new(Vec::new()));
    let hook = said.clone();
    diagnostics::set_hook(move |message| hook.lock().unwrap().push(message.to_owned()));
    let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", receiver.local_addr().unwrap());
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("shop.log");
    let layers = Layers::default().variables([
        ("OTEL_SDK_DISABLED", "true"),
        ("OTEL_TRACES_EXPORTER", "otlp"),
        ("OTEL_METRICS_EXPORTER", "otlp"),
        ("OTEL_LOGS_EXPORTER", "otlp"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "100"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
        ("OBS_SAMPLER", "1"),
        ("OBS_LISTEN", "127.0.0.1:0"),
        ("OBS__LOGGING__OUTPUTS", "file"),
        ("OBS_LOG_FILE", file.to_str().unwrap()),
    ]);
    let running = Starter::new(layers).start().unwrap();
    let address = running.address().expect("the probes are there");
    assert_eq!(get(address, "/live").0, 200);
    assert!(running.is_accepting());
    // The checks of the program still decide.
    let is_ready = || get(address, "/ready").0 == 200;
    for _ in 0..100 {
        if !is_ready() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(!is_ready());

    assert!(!checkout(), "there is no span");
    tracing::info!("still here");
    assert!(running.flush(Duration::from_secs(20)));
    assert!(
        std::fs::read_to_string(&file)
            .unwrap()
            .contains("still here")
    );
    let (status, metrics) = get(address, "/metrics");
    assert_eq!(status, 200);
    assert!(metrics.contains("operation_calls_total{"), "{metrics}");
    let (status, traces) = get(address, "/monitoring/traces");
    assert_eq!(status, 200);
    assert!(!traces.contains("checkout"), "{traces}");

    running.shutdown().wait();
    receiver.set_nonblocking(true).unwrap();
    assert!(receiver.accept().is_err(), "something was sent");
    let said = said.lock().unwrap();
    let off: Vec<_> = said
        .iter()
        .filter(|message| message.starts_with("OTEL_SDK_DISABLED: telemetry is off"))
        .collect();
    assert_eq!(off.len(), 1, "{said:?}");
}
