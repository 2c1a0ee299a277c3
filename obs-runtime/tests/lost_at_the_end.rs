//! Who loses telemetry because the program ends is told so: the metrics that count it are gone by then.
#![cfg(all(feature = "macros", feature = "otlp"))]

use std::net::TcpListener;
use std::sync::Mutex;

use obs_runtime::config::Layers;
use obs_runtime::{Starter, diagnostics, trace_request};

static SAID: Mutex<Vec<String>> = Mutex::new(Vec::new());

#[trace_request]
fn checkout() {}

#[test]
fn what_is_lost_at_the_end_is_said() {
    diagnostics::set_hook(|message| SAID.lock().unwrap().push(message.to_owned()));
    // Somebody who takes connections and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let layers = Layers::default().variables([
        ("OTEL_TRACES_EXPORTER", "otlp"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint),
        ("OBS_LISTEN", "127.0.0.1:0"),
    ]);
    let running = Starter::new(layers).start().unwrap();
    checkout();
    checkout();
    running.shutdown().wait();
    let expected = "otlp_traces: 2 items are lost (shutdown): the program ends";
    assert_eq!(*SAID.lock().unwrap(), [expected]);
}
