//! The way through a proxy, for exporters over HTTP.
//!
//! None is used unless `export.proxy` says so. Requests without TLS are handed to the proxy, with the whole address in
//! their first line; for TLS, and for gRPC, it is asked for a tunnel (`CONNECT`).
//!
//! Source: [RFC 9112, 3.2.2](https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2) and
//! [RFC 9110, 9.3.6](https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6).

mod link;

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{HeaderValue, Uri};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use obs_schema::monitoring::Export;
use tower_service::Service;

use self::link::Link;
use super::ExportError;
use super::client::Version;

/// The way to a receiver.
#[derive(Debug, Clone)]
pub(crate) enum Route {
    Direct,
    /// The proxy makes the request.
    Forward(Stop),
    /// The proxy only hands bytes on.
    Tunnel(Stop),
}

/// A proxy.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    address: Uri,
    /// What it wants to know of who asks. It is not shown.
    credentials: Option<HeaderValue>,
}

impl Route {
    /// The way to a receiver, through `proxy` as the configuration has it.
    ///
    /// # Errors
    ///
    /// If the environment names a proxy that speaks something else than HTTP.
    pub(super) fn to(receiver: &Uri, version: Version, proxy: &str) -> Result<Self, ExportError> {
        let all = match proxy {
            "" => return Ok(Self::Direct),
            Export::PROXY_OF_ENVIRONMENT => Matcher::from_env(),
            address => Matcher::builder().all(address).build(),
        };
        Self::by(&all, receiver, version)
    }

    fn by(all: &Matcher, receiver: &Uri, version: Version) -> Result<Self, ExportError> {
        let Some(found) = all.intercept(receiver) else {
            return Ok(Self::Direct);
        };
        let stop = Stop::new(&found)?;
        let is_plain = receiver.scheme_str() == Some("http") && version == Version::One;
        Ok(if is_plain {
            Self::Forward(stop)
        } else {
            Self::Tunnel(stop)
        })
    }

    /// What a request itself says to the proxy of who asks.
    pub(super) fn authorization(&self) -> Option<&HeaderValue> {
        match self {
            Self::Forward(stop) => stop.credentials.as_ref(),
            // It is said when the tunnel is asked for.
            Self::Direct | Self::Tunnel(_) => None,
        }
    }
}

impl Stop {
    fn new(found: &Intercept) -> Result<Self, ExportError> {
        if found.uri().scheme_str() != Some("http") {
            let message =
                "only proxies at `http://..` are spoken to; name one, or leave `export.proxy` out";
            return Err(ExportError::variable(
                "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY",
                message,
            ));
        }
        Ok(Self {
            address: found.uri().clone(),
            credentials: found.basic_auth().cloned(),
        })
    }
}

/// Makes connections on a route.
#[derive(Debug, Clone)]
pub(super) struct Connector {
    http: HttpConnector,
    route: Route,
}

type Failure = Box<dyn Error + Send + Sync>;

impl Connector {
    pub(super) fn new(route: Route) -> Self {
        let mut http = HttpConnector::new();
        // TLS comes on top.
        http.enforce_http(false);
        Self { http, route }
    }
}

impl Service<Uri> for Connector {
    type Response = Link;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Link, Failure>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.http.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, receiver: Uri) -> Self::Future {
        match &self.route {
            Route::Direct => {
                let connecting = self.http.call(receiver);
                Box::pin(async move { Ok(Link::to_receiver(connecting.await?)) })
            }
            Route::Forward(stop) => {
                let connecting = self.http.call(stop.address.clone());
                Box::pin(async move { Ok(Link::to_proxy(connecting.await?)) })
            }
            Route::Tunnel(stop) => {
                let mut tunnel = Tunnel::new(stop.address.clone(), self.http.clone());
                if let Some(credentials) = &stop.credentials {
                    tunnel = tunnel.with_auth(credentials.clone());
                }
                let connecting = tunnel.call(with_port(receiver));
                Box::pin(async move { Ok(Link::to_receiver(connecting.await?)) })
            }
        }
    }
}

/// The same address with its port, which a tunnel has to know.
fn with_port(address: Uri) -> Uri {
    let (None, Some("http"), Some(host)) = (address.port(), address.scheme_str(), address.host())
    else {
        return address;
    };
    let authority = format!("{host}:80").parse().ok();
    let mut parts = address.clone().into_parts();
    parts.authority = authority;
    Uri::from_parts(parts).unwrap_or(address)
}

#[cfg(all(test, feature = "otlp"))]
mod tests;
