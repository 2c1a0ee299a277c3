//! Whether a gRPC service says that it serves.

use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::health::{BoxedHealth, Health, Probe};

/// What a server says over the gRPC health checking protocol (`grpc.health.v1`) of itself, or of one of its services.
///
/// ```no_run
/// use obs_runtime::health::{self, ready::Grpc};
/// use tonic::transport::Channel;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let channel = Channel::from_static("http://stock:50051").connect_lazy();
/// health::check("stock", Grpc::new(channel).service("stock.v1.Stock")).register()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Grpc {
    channel: Channel,
    service: String,
}

impl Grpc {
    /// The server at the other end of a channel.
    #[must_use]
    pub fn new(channel: Channel) -> Self {
        Self {
            channel,
            service: String::new(),
        }
    }

    /// One of its services, by its full name.
    #[must_use]
    pub fn service(self, service: impl Into<String>) -> Self {
        Self {
            service: service.into(),
            ..self
        }
    }

    async fn look(&self) -> Health {
        let service = self.service.clone();
        let asked = HealthClient::new(self.channel.clone())
            .check(HealthCheckRequest { service })
            .await;
        let status = match asked {
            Ok(answer) => answer.into_inner().status(),
            Err(error) => {
                let (code, message) = (error.code(), error.message());
                return Health::unhealthy(format!("{code}: {message}"));
            }
        };
        match status {
            ServingStatus::Serving => Health::healthy(),
            other => Health::unhealthy(format!("it says {}", other.as_str_name())),
        }
    }
}

impl Probe for Grpc {
    fn probe(&self) -> BoxedHealth<'_> {
        Box::pin(self.look())
    }
}
