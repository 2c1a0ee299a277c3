//! The trace, the baggage and the request id in the metadata of gRPC: a client and a server of tonic.
#![cfg(feature = "http")]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use obs_runtime::context::{self, RequestContext};
use obs_runtime::http::ServerLayer;
use obs_runtime::trace::{TraceId, current_trace_id};
use obs_runtime::{propagate, testing, trace};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use tonic::metadata::MetadataMap;
use tonic::transport::{Channel, Server, server::TcpIncoming};
use tonic::{Request, Response, Status};

/// What the server finds in a call.
#[derive(Debug, Default, PartialEq)]
struct Found {
    /// The trace that the metadata names.
    sent: Option<TraceId>,
    /// The trace that the handler is in.
    inside: Option<TraceId>,
    tenant: Option<String>,
    request_id: Option<String>,
}

/// A real service, of which it matters only how it is called.
#[derive(Clone, Default)]
struct Handler(Arc<Mutex<Vec<Found>>>);

#[tonic::async_trait]
impl TraceService for Handler {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let sent = propagate::extract(request.metadata().as_ref());
        let _request = sent.context().enter();
        let tenant = context::baggage().and_then(|b| b.get("tenant").map(ToOwned::to_owned));
        self.0.lock().unwrap().push(Found {
            sent: sent.parent.map(|parent| parent.trace_id),
            inside: current_trace_id(),
            tenant,
            request_id: context::request_id(),
        });
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

/// A server on a free port, with the layer of obs or without.
async fn serve(handler: Handler, with_layer: bool) -> SocketAddr {
    let incoming = TcpIncoming::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = incoming.local_addr().unwrap();
    let service = TraceServiceServer::new(handler);
    tokio::spawn(async move {
        match with_layer {
            true => {
                let mut server = Server::builder().layer(ServerLayer::new());
                server
                    .add_service(service)
                    .serve_with_incoming(incoming)
                    .await
            }
            false => {
                Server::builder()
                    .add_service(service)
                    .serve_with_incoming(incoming)
                    .await
            }
        }
    });
    address
}

/// What a client of tonic runs before each call.
fn send_along(mut request: Request<()>) -> Result<Request<()>, Status> {
    propagate::inject(request.metadata_mut().as_mut());
    Ok(request)
}

async fn call(address: SocketAddr) {
    let channel = Channel::from_shared(format!("http://{address}")).unwrap();
    let channel = channel.connect().await.unwrap();
    let mut client = TraceServiceClient::with_interceptor(channel, send_along);
    client
        .export(ExportTraceServiceRequest::default())
        .await
        .unwrap();
}

/// Calls a server from within a request, and says which trace that was and what the server found.
async fn called(with_layer: bool) -> (TraceId, Found) {
    let _capture = testing::capture();
    let handler = Handler::default();
    let address = serve(handler.clone(), with_layer).await;
    let request = RequestContext::new().with_request_id("r-17");
    let trace_id = request
        .scope(async {
            context::set_baggage("tenant", "acme").unwrap();
            let calling = async {
                call(address).await;
                current_trace_id().unwrap()
            };
            trace::span("calls").observe(calling).await
        })
        .await;
    let found = handler.0.lock().unwrap().pop().unwrap();
    (trace_id, found)
}

#[tokio::test]
async fn a_handler_reads_from_metadata_what_an_interceptor_wrote() {
    let (trace_id, found) = called(false).await;
    let expected = Found {
        sent: Some(trace_id),
        inside: None,
        tenant: Some("acme".to_owned()),
        request_id: None,
    };
    assert_eq!(found, expected);
}

#[tokio::test]
async fn the_layer_continues_the_trace_around_a_server_of_tonic() {
    let (trace_id, found) = called(true).await;
    let expected = Found {
        sent: Some(trace_id),
        inside: Some(trace_id),
        tenant: Some("acme".to_owned()),
        request_id: Some("r-17".to_owned()),
    };
    assert_eq!(found, expected);
}

#[test]
fn metadata_is_a_carrier_of_its_own_headers() {
    let _capture = testing::capture();
    let _span = trace::span("calls").enter();
    let mut metadata = MetadataMap::new();
    metadata.insert("authorization", "Bearer t".parse().unwrap());
    propagate::inject(metadata.as_mut());
    let sent = propagate::extract(metadata.as_ref());
    assert_eq!(sent.parent.unwrap().trace_id, current_trace_id().unwrap());
    assert_eq!(metadata.get("authorization").unwrap(), "Bearer t");
}
