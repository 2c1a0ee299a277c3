//! A process is killed while its receiver is away, and the next one delivers what it left.
#![cfg(all(unix, feature = "macros", feature = "otlp"))]

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use obs_runtime::config::Layers;
use obs_runtime::metric::Registry;
use obs_runtime::metric::encode::Format;
use obs_runtime::{Running, Starter, trace_request};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;

mod receiver;

/// Set for the process that is killed: the directory of its spool, and its receiver.
const VICTIM: &str = "SPOOL_TEST_VICTIM";
const TRACES: u64 = 50;

#[trace_request("checkout", attributes(order = order))]
fn checkout(order: u64) {
    std::hint::black_box(order);
}

fn start(spool: &Path, address: SocketAddr) -> Running {
    let endpoint = format!("http://{address}");
    let layers = Layers::default().variables([
        ("OTEL_SERVICE_NAME", "shop"),
        ("OTEL_TRACES_EXPORTER", "otlp"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint),
        ("OBS__EXPORT__SPOOL", spool.to_str().unwrap()),
        ("OBS_SAMPLER", "1"),
        ("OBS_LISTEN", "127.0.0.1:0"),
        ("OBS_LOG", "off"),
    ]);
    Starter::new(layers).start().unwrap()
}

/// What the killed process does; nothing in any other.
#[test]
fn victim() {
    let Ok(told) = std::env::var(VICTIM) else {
        return;
    };
    let (spool, address) = told.split_once(' ').unwrap();
    let _running = start(Path::new(spool), address.parse().unwrap());
    for order in 0..TRACES {
        checkout(order);
    }
    thread::sleep(Duration::from_secs(60));
}

fn run_victim(spool: &Path, address: SocketAddr) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["victim", "--exact", "--nocapture"])
        .env(VICTIM, format!("{} {address}", spool.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The items that are on disk, as the heads of the files say.
fn items(directory: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(directory) else {
        return 0;
    };
    let paths = entries.flatten().map(|entry| entry.path());
    let counts = paths.map(|path| match path.extension() {
        _ if path.is_dir() => items(&path),
        Some(ending) if ending == "batch" => {
            let content = fs::read(&path).unwrap_or_default();
            let count = content.get(16..20).map(|bytes| bytes.try_into().unwrap());
            count.map_or(0, |bytes| u64::from(u32::from_le_bytes(bytes)))
        }
        _ => 0,
    });
    counts.sum()
}

/// An address where nobody is.
fn nobody() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

#[test]
fn what_a_killed_process_had_arrives_in_order_and_as_its_own() {
    let spool = tempfile::tempdir().unwrap();
    let mut victim = run_victim(spool.path(), nobody());
    let deadline = Instant::now() + Duration::from_secs(30);
    while items(spool.path()) < TRACES {
        assert!(Instant::now() < deadline, "nothing is written");
        thread::sleep(Duration::from_millis(10));
    }
    // SIGKILL: nothing of it can run any more.
    victim.kill().unwrap();
    victim.wait().unwrap();

    let (address, bodies) = receiver::start("/v1/traces", "");
    let running = start(spool.path(), address);
    checkout(TRACES);
    assert!(running.flush(Duration::from_secs(20)));
    let requests: Vec<_> = {
        let bodies = bodies.lock().unwrap();
        let decoded = bodies
            .iter()
            .map(|body| ExportTraceServiceRequest::decode(&**body).unwrap());
        decoded.flat_map(|request| request.resource_spans).collect()
    };
    let mut orders = Vec::new();
    let mut instances = Vec::new();
    for resource in requests {
        let attributes = resource.resource.unwrap().attributes;
        let instance = attributes
            .iter()
            .find(|a| a.key == "service.instance.id")
            .unwrap();
        for span in resource
            .scope_spans
            .into_iter()
            .flat_map(|scope| scope.spans)
        {
            let order = span.attributes.iter().find(|a| a.key == "order").unwrap();
            orders.push(format!("{:?}", order.value));
            instances.push(format!("{:?}", instance.value));
        }
    }
    let mut expected: Vec<_> = orders.clone();
    expected.dedup();
    assert_eq!(orders, expected);
    assert_eq!(orders.len() as u64, TRACES + 1);
    // The spans of the killed process are its own, not those of the process that sent them.
    let (theirs, own) = instances.split_at(TRACES as usize);
    assert!(theirs.iter().all(|instance| *instance == theirs[0]));
    assert_ne!(own[0], theirs[0]);
    let metrics = Registry::global().scrape(Format::TEXT);
    let metrics = String::from_utf8_lossy(&metrics);
    for line in [
        "obs_export_items_total{service=\"shop\",sink=\"otlp_traces\"} 51",
        "obs_export_delivered_total{service=\"shop\",sink=\"otlp_traces\"} 51",
    ] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
    drop(running);
    assert_eq!(items(spool.path()), 0);
}

#[test]
fn a_spool_that_cannot_be_is_an_error_at_the_start() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, "").unwrap();
    let layers = Layers::default().variables([
        ("OTEL_TRACES_EXPORTER", "otlp"),
        ("OBS__EXPORT__SPOOL", file.to_str().unwrap()),
        ("OBS_LISTEN", "127.0.0.1:0"),
    ]);
    let error = Starter::new(layers).start().unwrap_err().to_string();
    let expected = format!(
        "OBS__EXPORT__SPOOL: `export.spool`: `{}`: Not a directory (os error 20)",
        file.display()
    );
    assert_eq!(error, expected);
}
