//! Requests over real connections, to receivers that do all that receivers do.

use std::io::Read;
use std::net::TcpListener;
use std::time::{Duration, Instant, SystemTime};

use flate2::read::GzDecoder;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

use super::exporter::{Exporter, SOON};
use crate::export::delivery::{Answer, Loss};
use crate::export::otlp::reader::Partial;
use crate::export::receiver::{Manner, Receiver, answers, black_hole, says};

/// The names of all spans that a receiver was sent.
pub(in crate::export) fn names(receiver: &Receiver) -> Vec<String> {
    let requests = receiver.requests().into_iter();
    let bodies: Vec<_> = requests.map(|request| request.body).collect();
    let spans = all_spans(&bodies).into_iter();
    spans.map(|span| span.name).collect()
}

/// The spans in the bodies of requests.
pub(in crate::export) fn all_spans(bodies: &[Vec<u8>]) -> Vec<Span> {
    bodies.iter().flat_map(|body| spans(body)).collect()
}

fn spans(body: &[u8]) -> Vec<Span> {
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    let scopes = request
        .resource_spans
        .into_iter()
        .flat_map(|resource| resource.scope_spans);
    scopes.flat_map(|scope| scope.spans).collect()
}

#[test]
fn spans_arrive() {
    let receiver = Receiver::start([says(200)]);
    let books = Exporter::to(receiver.address).send(&["a", "b", "c", "d", "e"]);
    assert_eq!((books.delivered, books.queued), (5, 0));
    assert_eq!(names(&receiver), ["a", "b", "c", "d", "e"]);
    let request = &receiver.requests()[0];
    assert_eq!(request.line(), "POST /v1/traces");
    assert_eq!(
        request.header("content-type"),
        Some("application/x-protobuf")
    );
    let who = request.header("user-agent").unwrap();
    assert!(who.starts_with("obs/"), "{who}");
}

#[test]
fn headers_and_compression_are_as_they_are_set() {
    let receiver = Receiver::start([says(200)]);
    let exporter = Exporter::with(&[
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            format!("http://{}", receiver.address),
        ),
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=secret".to_owned()),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip".to_owned()),
    ]);
    exporter.send(&["a"]);
    let request = receiver.requests().remove(0);
    assert_eq!(request.header("api-key"), Some("secret"));
    assert_eq!(request.header("content-encoding"), Some("gzip"));
    let mut body = Vec::new();
    GzDecoder::new(&*request.body)
        .read_to_end(&mut body)
        .unwrap();
    assert_eq!(spans(&body)[0].name, "a");
}

#[test]
fn what_the_receiver_left_out_of_a_success_is_counted() {
    let partial = ExportTraceServiceResponse {
        partial_success: Some(ExportTracePartialSuccess {
            rejected_spans: 2,
            error_message: "too old".to_owned(),
        }),
    };
    let body = String::from_utf8(partial.encode_to_vec()).unwrap();
    let receiver = Receiver::start([answers(200, "", &body)]);
    let books = Exporter::to(receiver.address).send(&["a", "b", "c"]);
    assert_eq!((books.delivered, books.lost(Loss::Rejected)), (1, 2));
    assert_eq!(books.requests, 1);
}

#[test]
fn json_is_sent_and_read_where_it_is_asked_for() {
    let partial = r#"{"partialSuccess":{"rejectedSpans":"1","errorMessage":"too old"}}"#;
    let receiver = Receiver::start([answers(200, "", partial)]);
    let endpoint = format!("http://{}", receiver.address);
    let exporter = Exporter::with(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json".to_owned()),
    ]);
    let books = exporter.send(&["a", "b"]);
    assert_eq!((books.delivered, books.lost(Loss::Rejected)), (1, 1));
    let request = receiver.requests().remove(0);
    assert_eq!(request.header("content-type"), Some("application/json"));
    let body: ExportTraceServiceRequest = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(body.resource_spans[0].scope_spans[0].spans[1].name, "b");
}

#[test]
fn what_a_receiver_says_is_repeated_only_so_far() {
    let partial = Partial {
        rejected: 1,
        message: format!("\u{1b}[2J\n{}", "x".repeat(1_000)),
    };
    let Answer::Taken { rejected: 1, why } = partial.into() else {
        panic!("not taken");
    };
    assert!(why.starts_with(" [2J xxx"), "{why}");
    assert_eq!(why.len(), 200);
}

#[test]
fn a_receiver_that_has_no_time_is_asked_again() {
    for status in [429, 502, 503, 504] {
        let receiver = Receiver::start([says(status), says(200)]);
        let books = Exporter::to(receiver.address).send(&["a"]);
        assert_eq!((books.delivered, books.retries), (1, 1), "{status}");
    }
}

#[test]
fn a_receiver_says_when_to_come_back() {
    let busy = answers(429, "retry-after: 1\r\n", "");
    let receiver = Receiver::start([busy, says(200)]);
    let started = Instant::now();
    let books = Exporter::to(receiver.address).send(&["a"]);
    assert_eq!(books.delivered, 1);
    assert!(started.elapsed() >= Duration::from_secs(1));
}

#[test]
fn a_date_to_come_back_is_one_of_the_receivers_clock() {
    const HOUR: Duration = Duration::from_secs(3600);
    for there in [SystemTime::now() + HOUR, SystemTime::now() - HOUR] {
        let date = httpdate::fmt_http_date(there);
        let until = httpdate::fmt_http_date(there + Duration::from_secs(1));
        let headers = format!("date: {date}\r\nretry-after: {until}\r\n");
        let receiver = Receiver::start([answers(429, &headers, ""), says(200)]);
        let started = Instant::now();
        let books = Exporter::to(receiver.address).send(&["a"]);
        assert_eq!((books.delivered, books.retries), (1, 1));
        assert!(started.elapsed() >= Duration::from_secs(1));
    }
}

#[test]
fn what_a_receiver_refuses_is_not_sent_again() {
    for status in [301, 400, 401, 404, 500, 501] {
        let receiver = Receiver::start([says(status)]);
        let books = Exporter::to(receiver.address).send(&["a", "b"]);
        assert_eq!(
            (books.lost(Loss::Rejected), books.requests),
            (2, 1),
            "{status}"
        );
    }
}

#[test]
fn what_is_too_large_is_sent_in_parts() {
    let receiver = Receiver::start([says(413), says(200)]);
    let books = Exporter::to(receiver.address).send(&["a", "b", "c", "d"]);
    assert_eq!((books.delivered, books.requests), (4, 3));
    assert_eq!(names(&receiver)[4..], ["a", "b", "c", "d"]);
}

#[test]
fn answers_that_do_not_end_are_no_answers() {
    for manner in [Manner::Keeps, Manner::BreaksOff, Manner::Dawdles] {
        let receiver = Receiver::start([manner, says(200)]);
        let books = Exporter::to(receiver.address).send(&["a"]);
        assert_eq!((books.delivered, books.retries), (1, 1));
        assert_eq!(receiver.requests().len(), 2);
    }
}

#[test]
fn a_receiver_that_comes_back_gets_everything() {
    let place = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = place.local_addr().unwrap();
    drop(place);
    let exporter = Exporter::to(address);
    exporter.hand_over(&["a", "b", "c", "d", "e"]);
    assert!(!exporter.dispatch.flush(Duration::from_millis(200)));
    let books = exporter.queue.books();
    assert_eq!((books.queued, books.produced), (5, 5));
    let receiver = Receiver::on(TcpListener::bind(address).unwrap(), [says(200)]);
    assert!(exporter.dispatch.flush(SOON));
    assert_eq!(exporter.queue.books().delivered, 5);
    assert_eq!(names(&receiver), ["a", "b", "c", "d", "e"]);
}

#[test]
fn who_is_not_there_at_the_end_gets_nothing_and_holds_nobody_up() {
    // The last one does not exist by definition, the one before speaks no TLS.
    let silent = Receiver::start([Manner::Keeps]);
    for url in [
        "http://127.0.0.1:1".to_owned(),
        format!("https://{}", silent.address),
        "http://receiver.invalid:4318".to_owned(),
    ] {
        let exporter = Exporter::with(&[("OTEL_EXPORTER_OTLP_ENDPOINT", url)]);
        exporter.hand_over(&["a", "b"]);
        let started = Instant::now();
        exporter.dispatch.finish(Duration::from_millis(300));
        assert!(started.elapsed() < Duration::from_secs(3));
        let books = exporter.queue.books();
        assert_eq!((books.lost(Loss::Shutdown), books.queued), (2, 0));
    }
}

#[test]
fn an_address_that_swallows_everything_holds_nobody_up() {
    let (listener, _waiting) = black_hole();
    let exporter = Exporter::to(listener.local_addr().unwrap());
    exporter.hand_over(&["a", "b"]);
    assert!(!exporter.dispatch.flush(Duration::from_millis(1500)));
    let books = exporter.queue.books();
    assert_eq!((books.queued, books.requests), (2, 1));
    let started = Instant::now();
    exporter.dispatch.finish(Duration::from_millis(300));
    assert!(started.elapsed() < Duration::from_secs(3));
    let books = exporter.queue.books();
    assert_eq!((books.lost(Loss::Shutdown), books.queued), (2, 0));
}
