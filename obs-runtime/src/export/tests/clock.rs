//! A wall clock that is set while telemetry is on its way.

use std::process::Command;
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Text;
use prost::Message;

use super::assert_balanced;
use crate::Starter;
use crate::config::Layers;
use crate::export::delivery::sinks;
use crate::export::elastic::tests as elastic;
use crate::export::otlp::tests::over_http;
use crate::export::receiver::{Manner, Receiver, answers};
use crate::hot::clock;
use crate::trace;

const HOUR: i64 = 3_600_000_000_000;
const SECOND: u64 = 1_000_000_000;

/// In a process of its own: there is one clock for all.
#[test]
fn a_wall_clock_that_jumps_upsets_nothing() {
    const CHILD: &str = "OBS_TEST_CLOCK_STEP";
    if std::env::var_os(CHILD).is_some() {
        return jump();
    }
    let name = "export::tests::clock::a_wall_clock_that_jumps_upsets_nothing";
    let run = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{errors}");
}

/// A receiver that has no time at first, so that what it is sent is under way while the clock is set.
fn busy(then: &str) -> Receiver {
    let busy = || answers(503, "", "");
    let begin: [Manner; 3] = [busy(), busy(), busy()];
    Receiver::start(begin.into_iter().chain([answers(200, "", then)]))
}

fn jump() {
    let (traces, logs, cluster) = (busy(""), busy(""), busy(r#"{"errors":false}"#));
    let spool = tempfile::tempdir().unwrap();
    let layers = Layers::default().variables([
        ("OTEL_TRACES_EXPORTER", "otlp"),
        ("OTEL_LOGS_EXPORTER", "otlp"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &*traces.url("/t")),
        ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", &*logs.url("/l")),
        ("OBS_ELASTIC_URL", &*cluster.url("")),
        ("OBS__EXPORT__SPOOL", spool.path().to_str().unwrap()),
        ("OBS_SAMPLER", "1"),
        ("OBS_LISTEN", "127.0.0.1:0"),
    ]);
    let running = Starter::new(layers).start().unwrap();
    let started = Instant::now();
    let mut expected = Vec::new();
    for (turn, step) in [0, HOUR, -HOUR, 0, 2 * HOUR].into_iter().enumerate() {
        // The clock is set in the middle of a call.
        let span = trace::span(format!("turn {turn}")).enter();
        std::thread::sleep(Duration::from_millis(20));
        clock::step_wall_clock(step);
        clock::Watch::new().renew();
        tracing::info!("turn {turn}");
        drop(span);
        expected.push(format!("turn {turn}"));
        assert!(!running.flush(Duration::from_millis(100)) || turn > 0);
    }
    assert!(running.flush(Duration::from_secs(60)));
    // No pause was an hour long, and none was left out.
    assert!(started.elapsed() < Duration::from_secs(60));
    assert!(traces.requests().len() > 3);
    for (name, books) in sinks() {
        assert_balanced(&books);
        assert_eq!(books.delivered, books.produced, "{name}: {books:?}");
    }
    running.shutdown().wait();

    let spans = over_http::all_spans(&taken(&traces));
    let mut names: Vec<_> = spans.iter().map(|span| span.name.clone()).collect();
    names.dedup();
    assert_eq!(names, expected);
    for span in spans {
        let took = span
            .end_time_unix_nano
            .checked_sub(span.start_time_unix_nano);
        assert!(
            (SECOND / 50..60 * SECOND).contains(&took.unwrap()),
            "{span:?}"
        );
    }
    let said: Vec<_> = taken(&logs).iter().flat_map(|body| bodies(body)).collect();
    assert_eq!(said, expected);
    let requests = cluster.requests();
    let said: Vec<_> = requests[3..].iter().flat_map(elastic::messages).collect();
    assert_eq!(said, expected);
}

/// The bodies of the requests that a receiver had time for.
fn taken(receiver: &Receiver) -> Vec<Vec<u8>> {
    let requests = receiver.requests().into_iter().skip(3);
    requests.map(|request| request.body).collect()
}

/// What records say, those of the program.
fn bodies(request: &[u8]) -> Vec<String> {
    let request = ExportLogsServiceRequest::decode(request).unwrap();
    let resources = request.resource_logs.into_iter();
    let scopes = resources.flat_map(|resource| resource.scope_logs);
    let records = scopes.flat_map(|scope| scope.log_records);
    let texts = records.filter_map(|record| match record.body?.value? {
        Text::StringValue(text) => Some(text),
        _ => None,
    });
    texts.collect()
}
