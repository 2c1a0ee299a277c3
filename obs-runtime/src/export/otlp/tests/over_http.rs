//! Requests over real connections, to receivers that do all that receivers do.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

use super::exporter::{Exporter, SOON};
use crate::export::delivery::{Answer, Loss};
use crate::export::otlp::reader::Partial;

/// How a receiver treats a connection.
#[derive(Clone)]
enum Manner {
    /// Answers so, word for word.
    Says(String),
    /// Reads everything and says nothing.
    Keeps,
    /// Closes in the middle of its answer.
    BreaksOff,
    /// Answers one byte after the other.
    Dawdles,
}

/// What a receiver was sent.
#[derive(Clone, Debug)]
struct Request {
    head: String,
    body: Vec<u8>,
}

/// A receiver that treats each request as it was told, the last way for ever.
struct Receiver {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Receiver {
    fn start(manners: impl IntoIterator<Item = Manner>) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap(), manners)
    }

    fn on(listener: TcpListener, manners: impl IntoIterator<Item = Manner>) -> Self {
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let manners: Vec<_> = manners.into_iter().collect();
        let seen = requests.clone();
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (manners, seen) = (manners.clone(), seen.clone());
                thread::spawn(move || serve(&mut connection.unwrap(), &manners, &seen));
            }
        });
        Self { address, requests }
    }

    fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// The names of all spans that were sent.
    fn names(&self) -> Vec<String> {
        let requests = self.requests();
        requests
            .iter()
            .flat_map(|request| spans(&request.body))
            .map(|span| span.name)
            .collect()
    }
}

fn serve(connection: &mut TcpStream, manners: &[Manner], seen: &Mutex<Vec<Request>>) {
    while let Some(request) = read(connection) {
        let index = {
            let mut seen = seen.lock().unwrap();
            seen.push(request);
            seen.len() - 1
        };
        match &manners[index.min(manners.len() - 1)] {
            Manner::Says(answer) => drop(connection.write_all(answer.as_bytes())),
            Manner::Keeps => thread::sleep(SOON),
            Manner::BreaksOff => {
                let _ = connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf");
                return;
            }
            Manner::Dawdles => {
                for byte in answer(200, "", b"").bytes() {
                    let _ = connection.write_all(&[byte]);
                    thread::sleep(Duration::from_secs(1));
                }
            }
        }
    }
}

fn read(connection: &mut TcpStream) -> Option<Request> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        connection.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.unwrap().parse().unwrap()];
    connection.read_exact(&mut body).ok()?;
    Some(Request { head, body })
}

fn answer(status: u16, headers: &str, body: &[u8]) -> String {
    let body = String::from_utf8(body.to_vec()).unwrap();
    let length = body.len();
    format!("HTTP/1.1 {status} Status\r\n{headers}content-length: {length}\r\n\r\n{body}")
}

fn says(status: u16) -> Manner {
    Manner::Says(answer(status, "", b""))
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
    assert_eq!(receiver.names(), ["a", "b", "c", "d", "e"]);
    let request = &receiver.requests()[0];
    assert!(
        request.head.starts_with("post /v1/traces http/1.1\r\n"),
        "{request:?}"
    );
    assert!(
        request
            .head
            .contains("content-type: application/x-protobuf\r\n"),
        "{request:?}"
    );
    assert!(request.head.contains("user-agent: obs/"), "{request:?}");
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
    assert!(request.head.contains("api-key: secret\r\n"), "{request:?}");
    assert!(
        request.head.contains("content-encoding: gzip\r\n"),
        "{request:?}"
    );
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
    let answer = answer(200, "", &partial.encode_to_vec());
    let receiver = Receiver::start([Manner::Says(answer)]);
    let books = Exporter::to(receiver.address).send(&["a", "b", "c"]);
    assert_eq!((books.delivered, books.lost(Loss::Rejected)), (1, 2));
    assert_eq!(books.requests, 1);
}

#[test]
fn json_is_sent_and_read_where_it_is_asked_for() {
    let partial = r#"{"partialSuccess":{"rejectedSpans":"1","errorMessage":"too old"}}"#;
    let manner = Manner::Says(answer(200, "", partial.as_bytes()));
    let receiver = Receiver::start([manner]);
    let endpoint = format!("http://{}", receiver.address);
    let exporter = Exporter::with(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json".to_owned()),
    ]);
    let books = exporter.send(&["a", "b"]);
    assert_eq!((books.delivered, books.lost(Loss::Rejected)), (1, 1));
    let request = receiver.requests().remove(0);
    let kind = "content-type: application/json\r\n";
    assert!(request.head.contains(kind), "{request:?}");
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
    let busy = answer(429, "retry-after: 1\r\n", b"");
    let receiver = Receiver::start([Manner::Says(busy), says(200)]);
    let started = Instant::now();
    let books = Exporter::to(receiver.address).send(&["a"]);
    assert_eq!(books.delivered, 1);
    assert!(started.elapsed() >= Duration::from_secs(1));
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
    assert_eq!(receiver.names()[4..], ["a", "b", "c", "d"]);
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
    assert_eq!(receiver.names(), ["a", "b", "c", "d", "e"]);
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

/// A place where connections are neither made nor refused: as many wait as may, and nobody accepts them.
fn black_hole() -> (TcpListener, Vec<TcpStream>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let listener = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        socket.listen(1).unwrap().into_std().unwrap()
    });
    let address = listener.local_addr().unwrap();
    let connect = || TcpStream::connect_timeout(&address, Duration::from_millis(200));
    let waiting: Vec<_> = std::iter::from_fn(|| connect().ok()).take(64).collect();
    assert!(waiting.len() < 64, "the place is never full");
    (listener, waiting)
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
