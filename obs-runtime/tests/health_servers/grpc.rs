//! gRPC health, as a client and as a server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use obs_runtime::health::ready::Grpc;
use obs_runtime::health::{Status, grpc_service};
use tokio::net::TcpListener;
use tonic::Code;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};
use tonic_health::ServingStatus;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus as Said;
use tonic_health::pb::health_client::HealthClient;

use super::{becomes, check, message};

async fn bound() -> (TcpIncoming, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (TcpIncoming::from(listener), address)
}

fn channel(address: SocketAddr) -> Channel {
    Channel::from_shared(format!("http://{address}"))
        .unwrap()
        .connect_lazy()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_says_is_believed() {
    let (incoming, address) = bound().await;
    let (reporter, service) = tonic_health::server::health_reporter();
    reporter
        .set_service_status("stock.v1.Stock", ServingStatus::Serving)
        .await;
    let server = tokio::spawn(
        Server::builder()
            .add_service(service)
            .serve_with_incoming(incoming),
    );
    let stock = Grpc::new(channel(address)).service("stock.v1.Stock");
    check("grpc", stock).register().unwrap();
    becomes("grpc", Status::Healthy).await;
    reporter
        .set_service_status("stock.v1.Stock", ServingStatus::NotServing)
        .await;
    let report = becomes("grpc", Status::Unhealthy).await;
    assert_eq!(message(&report), "it says NOT_SERVING");
    server.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_a_service_to_others() {
    let works = Arc::new(AtomicBool::new(true));
    let own = works.clone();
    let look = move || {
        let works = own.load(SeqCst);
        async move { works }
    };
    check("grpc-orders", look)
        .group("orders.v1.Orders")
        .register()
        .unwrap();
    becomes("grpc-orders", Status::Healthy).await;

    let (incoming, address) = bound().await;
    tokio::spawn(
        Server::builder()
            .add_service(grpc_service())
            .serve_with_incoming(incoming),
    );
    let mut client = HealthClient::new(channel(address));
    let request = |service: &str| HealthCheckRequest {
        service: service.to_owned(),
    };
    let said = client
        .check(request("orders.v1.Orders"))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(said.status(), Said::Serving);
    let refused = client.check(request("nothing")).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    let mut unknown = client.watch(request("nothing")).await.unwrap().into_inner();
    let said = unknown.message().await.unwrap().unwrap();
    assert_eq!(said.status(), Said::ServiceUnknown);

    let mut watched = client
        .watch(request("orders.v1.Orders"))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        watched.message().await.unwrap().unwrap().status(),
        Said::Serving
    );
    works.store(false, SeqCst);
    assert_eq!(
        watched.message().await.unwrap().unwrap().status(),
        Said::NotServing
    );
    works.store(true, SeqCst);
    assert_eq!(
        watched.message().await.unwrap().unwrap().status(),
        Said::Serving
    );
}
