//! The service's health over the gRPC health checking protocol.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior, interval};
use tonic::codegen::tokio_stream::Stream;
use tonic::{Request, Response, Status as Refusal};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_server::{Health as Protocol, HealthServer};
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

use super::aggregate::Overall;
use super::verdict::Verdict;

/// How often a watcher's status is looked at.
const LOOK: Duration = Duration::from_millis(500);

/// Says over `grpc.health.v1` whether the service takes requests, for a gRPC server of the program.
///
/// The service `""` is what `/ready` answers. Every other name is that of a group of checks, such as the full name of a
/// gRPC service: see [`CheckBuilder::group`](super::CheckBuilder::group).
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let server = tonic::transport::Server::builder().add_service(obs_runtime::health::grpc_service());
/// server.serve("127.0.0.1:50051".parse()?).await?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn grpc_service() -> HealthServer<GrpcHealth> {
    HealthServer::new(GrpcHealth(()))
}

/// The service of [`grpc_service`].
#[derive(Debug, Clone, Copy)]
pub struct GrpcHealth(());

/// The statuses of one service as they change.
#[derive(Debug)]
pub struct Statuses {
    service: String,
    looks: Interval,
    said: Option<ServingStatus>,
}

#[tonic::async_trait]
impl Protocol for GrpcHealth {
    type WatchStream = Statuses;

    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Refusal> {
        let service = request.into_inner().service;
        match status_of(&service) {
            ServingStatus::ServiceUnknown => Err(Refusal::not_found(
                "no group of health checks has this name",
            )),
            status => Ok(Response::new(answer(status))),
        }
    }

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Refusal> {
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Response::new(Statuses {
            service: request.into_inner().service,
            looks,
            said: None,
        }))
    }
}

impl Stream for Statuses {
    type Item = Result<HealthCheckResponse, Refusal>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        while self.looks.poll_tick(cx).is_ready() {
            let status = status_of(&self.service);
            if self.said.replace(status) != Some(status) {
                return Poll::Ready(Some(Ok(answer(status))));
            }
        }
        Poll::Pending
    }
}

fn status_of(service: &str) -> ServingStatus {
    let verdict = match service {
        "" => Ok(Verdict::ready()),
        group => Verdict::group(group),
    };
    match verdict {
        Ok(verdict) if verdict.overall == Overall::Unhealthy => ServingStatus::NotServing,
        Ok(_) => ServingStatus::Serving,
        Err(_) => ServingStatus::ServiceUnknown,
    }
}

fn answer(status: ServingStatus) -> HealthCheckResponse {
    HealthCheckResponse {
        status: status.into(),
    }
}
