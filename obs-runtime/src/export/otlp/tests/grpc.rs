//! Calls of gRPC to a server of tonic with the official services.

use std::collections::VecDeque;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::logs::v1::logs_service_server::{
    LogsService, LogsServiceServer,
};
use opentelemetry_proto::tonic::collector::logs::v1::{
    ExportLogsServiceRequest, ExportLogsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use prost::Message;
use tonic::codec::CompressionEncoding;
use tonic::metadata::MetadataMap;
use tonic::transport::{Server, ServerTlsConfig};
use tonic::{Code, Request, Response, Status};

use super::exporter::{Exporter, SOON, sender_of, spans_called};
use crate::export::delivery::{Answer, Batch, Loss, Sink};
use crate::export::otlp::settings::Signal;

type Reply = Result<ExportTraceServiceResponse, Status>;

/// A server that answers as it was told, and from then on takes everything.
#[derive(Clone, Default)]
pub(in crate::export) struct Receiver {
    replies: Arc<Mutex<VecDeque<Reply>>>,
    calls: Arc<Mutex<Vec<(MetadataMap, ExportTraceServiceRequest)>>>,
    records: Arc<Mutex<Vec<ExportLogsServiceRequest>>>,
}

#[tonic::async_trait]
impl TraceService for Receiver {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.calls.lock().unwrap().push((metadata, request));
        let reply = self.replies.lock().unwrap().pop_front();
        reply
            .unwrap_or_else(|| Ok(Default::default()))
            .map(Response::new)
    }
}

#[tonic::async_trait]
impl LogsService for Receiver {
    async fn export(
        &self,
        request: Request<ExportLogsServiceRequest>,
    ) -> Result<Response<ExportLogsServiceResponse>, Status> {
        self.records.lock().unwrap().push(request.into_inner());
        Ok(Response::new(Default::default()))
    }
}

impl Receiver {
    fn answering(replies: impl IntoIterator<Item = Reply>) -> (SocketAddr, Self) {
        let receiver = Self {
            replies: Arc::new(Mutex::new(replies.into_iter().collect())),
            ..Self::default()
        };
        (receiver.serve(None, 0), receiver)
    }

    /// Serves on a thread, and never answers on the first `silent` connections.
    pub(in crate::export) fn serve(
        &self,
        tls: Option<ServerTlsConfig>,
        silent: usize,
    ) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut traces = TraceServiceServer::new(self.clone());
        traces = traces.accept_compressed(CompressionEncoding::Gzip);
        let logs = LogsServiceServer::new(self.clone());
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let kept: Vec<_> = (0..silent).map(|_| listener.accept().unwrap()).collect();
                listener.set_nonblocking(true).unwrap();
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                let connections = futures::stream::unfold(listener, |listener| async {
                    let connection = listener.accept().await.map(|(stream, _)| stream);
                    Some((connection, listener))
                });
                let mut server = Server::builder();
                if let Some(tls) = tls {
                    server = server.tls_config(tls).unwrap();
                }
                let router = server.add_service(traces).add_service(logs);
                router.serve_with_incoming(connections).await.unwrap();
                drop(kept);
            });
        });
        address
    }

    /// The names of the spans of each call.
    pub(in crate::export) fn names(&self) -> Vec<Vec<String>> {
        let calls = self.calls.lock().unwrap();
        let names = |request: &ExportTraceServiceRequest| {
            let resources = request.resource_spans.iter();
            let scopes = resources.flat_map(|resource| &resource.scope_spans);
            let spans = scopes.flat_map(|scope| &scope.spans);
            spans.map(|span| span.name.clone()).collect()
        };
        calls.iter().map(|(_, request)| names(request)).collect()
    }
}

fn variables(address: SocketAddr) -> Vec<(&'static str, String)> {
    vec![
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc".to_owned()),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{address}")),
    ]
}

fn exporter(address: SocketAddr) -> Exporter {
    Exporter::with(&variables(address))
}

/// `google.rpc.Status` with one detail.
#[derive(Clone, PartialEq, Message)]
struct Details {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(message, repeated, tag = "3")]
    details: Vec<Any>,
}

#[derive(Clone, PartialEq, Message)]
struct Any {
    #[prost(string, tag = "1")]
    type_url: String,
    #[prost(bytes = "vec", tag = "2")]
    value: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    retry_delay: Option<Delay>,
}

#[derive(Clone, PartialEq, Message)]
struct Delay {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
}

/// A status that says when to come back.
fn come_back(code: Code, seconds: i64, nanos: i32) -> Status {
    let info = RetryInfo {
        retry_delay: Some(Delay { seconds, nanos }),
    };
    let other = Any {
        type_url: "type.googleapis.com/google.rpc.ErrorInfo".to_owned(),
        value: b"\x0a\x02no".to_vec(),
    };
    let info = Any {
        type_url: "type.googleapis.com/google.rpc.RetryInfo".to_owned(),
        value: info.encode_to_vec(),
    };
    let details = Details {
        code: code as i32,
        details: vec![other, info],
    };
    Status::with_details(code, "busy", details.encode_to_vec().into())
}

#[test]
fn spans_arrive() {
    let (address, receiver) = Receiver::answering([]);
    let mut variables = variables(address);
    let headers = "api-key=secret".to_owned();
    variables.push(("OTEL_EXPORTER_OTLP_HEADERS", headers));
    let books = Exporter::with(&variables).send(&["a", "b", "c", "d", "e"]);
    assert_eq!((books.delivered, books.queued), (5, 0));
    assert_eq!(receiver.names().concat(), ["a", "b", "c", "d", "e"]);
    let calls = receiver.calls.lock().unwrap();
    let said = |name: &str| calls[0].0.get(name).unwrap().to_str().unwrap().to_owned();
    assert_eq!(said("api-key"), "secret");
    assert!(said("user-agent").starts_with("obs/"));
    assert_eq!(said("grpc-timeout"), "10000m");
}

#[test]
fn a_compressed_call_is_understood() {
    let (address, receiver) = Receiver::answering([]);
    let mut variables = variables(address);
    variables.push(("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip".to_owned()));
    assert_eq!(Exporter::with(&variables).send(&["a"]).delivered, 1);
    assert_eq!(receiver.names(), [["a"]]);
    let calls = receiver.calls.lock().unwrap();
    assert_eq!(calls[0].0.get("grpc-encoding").unwrap(), "gzip");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn calls_that_follow_each_other_are_compressed_each_for_itself() {
    let (address, receiver) = Receiver::answering([]);
    let mut variables = variables(address);
    variables.push(("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip".to_owned()));
    let mut sender = sender_of(Signal::Traces, &variables);
    let names = ["x".repeat(200_000), "y".to_owned(), "z".repeat(50_000)];
    for name in &names {
        let answer = sender.send(&spans_called(&[name])).await;
        assert!(
            matches!(answer, Answer::Taken { rejected: 0, .. }),
            "{answer:?}"
        );
    }
    assert_eq!(receiver.names().concat(), names);
    // A proxy would unpack what is no body in gzip.
    let calls = receiver.calls.lock().unwrap();
    let encoded = |call: &(MetadataMap, _)| call.0.get("content-encoding").is_some();
    assert!(!calls.iter().any(encoded));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn each_signal_has_its_method() {
    let (address, receiver) = Receiver::answering([]);
    let mut logs = sender_of(Signal::Logs, &variables(address));
    assert!(matches!(
        logs.send(&Batch::default()).await,
        Answer::Taken { rejected: 0, .. }
    ));
    assert_eq!(receiver.records.lock().unwrap().len(), 1);
    // The service that this server does not have.
    let mut metrics = sender_of(Signal::Metrics, &variables(address));
    let why = "grpc status UNIMPLEMENTED".to_owned();
    assert_eq!(
        metrics.send(&Batch::default()).await,
        Answer::Refused { why }
    );
}

#[test]
fn what_the_receiver_left_out_of_a_success_is_counted() {
    let partial = ExportTraceServiceResponse {
        partial_success: Some(ExportTracePartialSuccess {
            rejected_spans: 2,
            error_message: "too old".to_owned(),
        }),
    };
    let (address, _) = Receiver::answering([Ok(partial)]);
    let books = exporter(address).send(&["a", "b", "c"]);
    assert_eq!((books.delivered, books.lost(Loss::Rejected)), (1, 2));
    assert_eq!(books.requests, 1);
}

#[test]
fn codes_that_pass_are_worth_another_attempt() {
    for code in [
        Code::Cancelled,
        Code::DeadlineExceeded,
        Code::Aborted,
        Code::OutOfRange,
        Code::Unavailable,
        Code::DataLoss,
    ] {
        let (address, _) = Receiver::answering([Err(Status::new(code, "later"))]);
        let books = exporter(address).send(&["a"]);
        assert_eq!((books.delivered, books.retries), (1, 1), "{code:?}");
    }
}

#[test]
fn codes_that_stay_are_not() {
    for code in [
        Code::Unknown,
        Code::InvalidArgument,
        Code::NotFound,
        Code::AlreadyExists,
        Code::PermissionDenied,
        Code::ResourceExhausted,
        Code::FailedPrecondition,
        Code::Unimplemented,
        Code::Internal,
        Code::Unauthenticated,
    ] {
        let (address, _) = Receiver::answering([Err(Status::new(code, "no"))]);
        let books = exporter(address).send(&["a", "b"]);
        let lost = books.lost(Loss::Rejected);
        assert_eq!((lost, books.requests), (2, 1), "{code:?}");
    }
}

#[test]
fn a_receiver_says_when_to_come_back() {
    for code in [Code::Unavailable, Code::ResourceExhausted] {
        let (address, _) = Receiver::answering([Err(come_back(code, 1, 200_000_000))]);
        let started = Instant::now();
        let books = exporter(address).send(&["a"]);
        assert_eq!((books.delivered, books.retries), (1, 1), "{code:?}");
        assert!(started.elapsed() >= Duration::from_millis(1200), "{code:?}");
    }
}

#[test]
fn what_is_too_large_is_sent_in_parts() {
    // What tonic says itself, and what grpc-go says.
    for (code, message) in [
        (
            Code::OutOfRange,
            "Error, decoded message length too large: found 90 bytes, the limit is: 80 bytes",
        ),
        (
            Code::ResourceExhausted,
            "grpc: received message larger than max (90 vs. 80)",
        ),
    ] {
        let (address, receiver) = Receiver::answering([Err(Status::new(code, message))]);
        let books = exporter(address).send(&["a", "b", "c", "d"]);
        assert_eq!((books.delivered, books.requests), (4, 3));
        assert_eq!(receiver.names()[1..], [["a", "b"], ["c", "d"]]);
    }
}

#[test]
fn a_connection_that_died_unseen_is_replaced() {
    let receiver = Receiver::default();
    let books = exporter(receiver.serve(None, 2)).send(&["a"]);
    assert_eq!((books.delivered, books.requests), (1, 3));
}

#[test]
fn a_receiver_that_speaks_another_protocol_holds_nobody_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for connection in listener.incoming() {
            use std::io::Write;
            let _ = connection
                .unwrap()
                .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let exporter = exporter(address);
    exporter.hand_over(&["a", "b"]);
    let started = Instant::now();
    exporter.dispatch.finish(Duration::from_millis(300));
    assert!(started.elapsed() < SOON);
    assert_eq!(exporter.queue.books().lost(Loss::Shutdown), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_largest_batch_is_what_a_server_takes() {
    // tonic takes 4 MiB if it is not told otherwise, as grpc-go and grpc-java do.
    let (address, receiver) = Receiver::answering([]);
    let name = "x".repeat(crate::export::otlp::start::GRPC_BATCH - 64);
    let mut sender = sender_of(Signal::Traces, &variables(address));
    let answer = sender.send(&spans_called(&[&name])).await;
    assert!(
        matches!(answer, Answer::Taken { rejected: 0, .. }),
        "{answer:?}"
    );
    assert_eq!(receiver.names(), [[name]]);
}
