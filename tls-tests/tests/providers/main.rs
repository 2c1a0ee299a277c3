//! rustls picks a provider of cryptography by itself only where the graph has one. With two of them, as reqwest and tonic
//! bring them, it panics wherever none is named, unless the program has installed one. obs names its own everywhere, and
//! installs none: that is the program's choice.

mod receivers;

use std::panic::catch_unwind;
use std::path::Path;
use std::time::{Duration, Instant};

use obs_runtime::config::Layers;
use obs_runtime::health::{self, Status, ready::Certificate};
use obs_runtime::propagate::WithTraceContext as _;
use obs_runtime::{Running, Starter, trace};
use receivers::{Card, Grpc, Https};
use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;

const LONG: Duration = Duration::from_secs(20);

/// Two providers, and none that was installed.
fn assert_that_none_is_picked() {
    assert!(CryptoProvider::get_default().is_none());
    let picked = catch_unwind(ClientConfig::builder);
    assert!(picked.is_err(), "the graph has one provider alone");
}

fn start(protocol: &str, endpoint: &str, files: &Path) -> Running {
    let file = |name: &str| files.join(name).display().to_string();
    let layers = Layers::default().variables([
        ("OTEL_SERVICE_NAME", "shop"),
        ("OTEL_TRACES_EXPORTER", "otlp"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
        ("OTEL_EXPORTER_OTLP_CERTIFICATE", &*file("authority.pem")),
        ("OBS_SAMPLER", "1"),
        ("OBS_LISTEN", "127.0.0.1:0"),
        ("OBS__HTTP__TLS_CERTIFICATE", &*file("server.pem")),
        ("OBS__HTTP__TLS_KEY", &*file("server.key")),
    ]);
    Starter::new(layers).start().unwrap()
}

fn authority(files: &Path) -> reqwest::Certificate {
    let pem = std::fs::read(files.join("authority.pem")).unwrap();
    reqwest::Certificate::from_pem(&pem).unwrap()
}

/// A request of the program's own, by the runtime that obs was started in.
async fn ask(url: &str, files: &Path) -> reqwest::StatusCode {
    let client = reqwest::Client::builder().tls_certs_only([authority(files)]);
    let request = client.build().unwrap().get(url).with_trace_context();
    request.send().await.unwrap().status()
}

/// The same by reqwest's own runtime.
async fn ask_blocking(url: String, files: &Path) -> reqwest::StatusCode {
    let authority = authority(files);
    let ask = move || {
        let client = reqwest::blocking::Client::builder().tls_certs_only([authority]);
        client.build().unwrap().get(url).send().unwrap().status()
    };
    tokio::task::spawn_blocking(ask).await.unwrap()
}

/// The first result of a check.
async fn found(name: &str) -> health::Report {
    let deadline = Instant::now() + LONG;
    loop {
        let mut reports = health::reports().into_iter();
        let report = reports.find(|report| report.name == name).unwrap();
        if report.runs > 0 {
            return report;
        }
        assert!(Instant::now() < deadline, "{report:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_use_of_tls_names_its_provider() {
    assert_that_none_is_picked();
    let files = tempfile::tempdir().unwrap();
    let files = files.path();
    let card = Card::write(files);

    // OTLP over HTTP, beside requests of the program, and a listener with TLS.
    let https = Https::start(&card);
    let running = start("http/protobuf", &https.url(), files);
    let requests = async {
        assert_eq!(ask(&https.url(), files).await, 200);
        assert_eq!(ask_blocking(https.url(), files).await, 200);
        let live = format!("https://{}/live", running.address().unwrap());
        assert_eq!(ask(&live, files).await, 200);
    };
    trace::span("over HTTP").observe(requests).await;
    assert!(running.flush(LONG));
    assert!(https.has_received("over HTTP"));

    // The certificate of a server, by a check.
    let check = Certificate::of_server(https.address.to_string());
    let check = health::check("certificate", check).interval(LONG);
    check.register().unwrap();
    let report = found("certificate").await;
    assert_eq!(report.status, Some(Status::Healthy), "{report:?}");
    running.shutdown().await;

    // OTLP over gRPC.
    let grpc = Grpc::start(&card).await;
    let running = start("grpc", &grpc.url(), files);
    drop(trace::span("over gRPC").enter());
    assert!(running.flush(LONG));
    assert_eq!(grpc.received(), ["over gRPC"]);
    running.shutdown().await;

    assert_that_none_is_picked();
}
