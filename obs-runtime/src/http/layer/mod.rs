//! Measures and traces the requests that a server of the program answers.
//!
//! [`ServerLayer`] is a tower layer over `http::Request`. Around an axum router it goes to
//! [`Router::layer`](axum::Router::layer), where the matched route is known already:
//!
//! ```
//! use axum::{Router, routing::get};
//! use obs_runtime::http::ServerLayer;
//!
//! let app: Router = Router::new()
//!     .route("/orders/{id}", get(|| async { "an order" }))
//!     .layer(ServerLayer::new());
//! ```
//!
//! # What a request gives
//!
//! | | |
//! |---|---|
//! | `http_server_request_duration_seconds` | one observation, when the last byte of the body was handed over |
//! | `http_server_active_requests` | 1 more until then |
//! | a span of kind server, `GET /orders/{id}` | with the attributes of OpenTelemetry's HTTP conventions; child of the caller's span if the request names one, in any of the [forms](crate::propagate#forms) in use |
//! | a request context | with the caller's `x-request-id` or a new one, which the response repeats, and the caller's [baggage](crate::propagate::Baggage) |
//!
//! The label `http_response_status_code` is empty for a request whose client went away before the
//! answer, and `500` for one that was never answered because the handler panicked or the service
//! failed. Raw paths, hosts and unknown methods are never labels: what the caller can choose must
//! not make series.
//!
//! A response of 500 or above is an error, and so is a panic or a body that breaks off. A request that the
//! client gave up ends as `cancelled`, which is no error. The requests of obs's own endpoints are
//! left out if they are mounted in the same server.

mod body;
mod future;
mod head;
mod metrics;
mod observation;
#[cfg(test)]
mod tests;
mod trust;

use std::sync::Arc;
use std::task::{Context, Poll};

use ::http::{Method, Request, Response, Uri};
use tower_layer::Layer;
use tower_service::Service;

pub use body::ObservedBody;
pub use future::ResponseFuture;
pub(super) use metrics::count;
use observation::Observation;
pub use trust::Trust;

use super::paths;

/// Finds the route of a request, for servers other than axum.
type FindRoute = Arc<dyn Fn(&Method, &Uri) -> Option<&'static str> + Send + Sync>;

/// See the [module](self).
#[derive(Debug, Clone, Default)]
pub struct ServerLayer {
    options: Arc<Options>,
}

#[derive(Clone, Default)]
struct Options {
    left_out: Vec<String>,
    client_address: bool,
    trust: Trust,
    strip_baggage: bool,
    find_route: Option<FindRoute>,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("left_out", &self.left_out)
            .field("client_address", &self.client_address)
            .field("trust", &self.trust)
            .field("strip_baggage", &self.strip_baggage)
            .finish_non_exhaustive()
    }
}

impl ServerLayer {
    /// A layer that observes every request but those of obs's own endpoints.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Leaves out the requests to `path` and below: a probe of one's own, or the place where
    /// obs's endpoints are nested.
    ///
    /// ```
    /// use obs_runtime::http::{ServerLayer, router};
    ///
    /// let app: axum::Router = axum::Router::new()
    ///     .nest("/ops", router())
    ///     .layer(ServerLayer::new().leave_out("/ops"));
    /// ```
    #[must_use]
    pub fn leave_out(self, path: impl Into<String>) -> Self {
        let path = path.into();
        self.with(|options| options.left_out.push(path))
    }

    /// Adds `client.address` to the spans, from axum's `ConnectInfo<SocketAddr>`. Off by default:
    /// the address can be personal data.
    #[must_use]
    pub fn client_address(self, on: bool) -> Self {
        self.with(|options| options.client_address = on)
    }

    /// How far to believe what callers say about their trace. Default: [`Trust::Full`].
    ///
    /// ```
    /// use obs_runtime::http::{ServerLayer, Trust};
    ///
    /// // Anybody can call this server.
    /// let layer = ServerLayer::new().trust(Trust::Restart).strip_baggage(true);
    /// ```
    #[must_use]
    pub fn trust(self, trust: Trust) -> Self {
        self.with(|options| options.trust = trust)
    }

    /// Drops the baggage that callers send. Off by default; whatever the choice, baggage is never a
    /// label and shows nowhere by itself, but it goes to all services that are called.
    #[must_use]
    pub fn strip_baggage(self, on: bool) -> Self {
        self.with(|options| options.strip_baggage = on)
    }

    /// Finds the route template of a request, for servers that do not route with axum. It is a
    /// label, so it must be one of a few constants; `None` is an unmatched request.
    ///
    /// ```
    /// use obs_runtime::http::ServerLayer;
    ///
    /// let layer = ServerLayer::new().find_route(|_method, uri| match uri.path() {
    ///     "/" => Some("/"),
    ///     path if path.starts_with("/files/") => Some("/files/{name}"),
    ///     _ => None,
    /// });
    /// ```
    #[must_use]
    pub fn find_route(
        self,
        find: impl Fn(&Method, &Uri) -> Option<&'static str> + Send + Sync + 'static,
    ) -> Self {
        self.with(|options| options.find_route = Some(Arc::new(find)))
    }

    fn with(mut self, change: impl FnOnce(&mut Options)) -> Self {
        change(Arc::make_mut(&mut self.options));
        self
    }
}

impl Options {
    fn leaves_out(&self, path: &str) -> bool {
        self.left_out.iter().any(|own| paths::is_at(path, own)) || paths::is_mounted(path)
    }
}

impl<S> Layer<S> for ServerLayer {
    type Service = ServerService<S>;

    fn layer(&self, inner: S) -> ServerService<S> {
        ServerService {
            inner,
            options: self.options.clone(),
        }
    }
}

/// The service of [`ServerLayer`].
#[derive(Debug, Clone)]
pub struct ServerService<S> {
    inner: S,
    options: Arc<Options>,
}

impl<S, B, R> Service<Request<B>> for ServerService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: http_body::Body,
{
    type Response = Response<ObservedBody<R>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        if self.options.leaves_out(request.uri().path()) {
            return ResponseFuture::new(self.inner.call(request), None);
        }
        let mut observation = Observation::begin(&self.options, &request);
        let future = observation.inside(|| self.inner.call(request));
        ResponseFuture::new(future, Some(observation))
    }
}
