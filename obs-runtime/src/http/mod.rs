//! The monitoring endpoints, and the layer for the program's own server.
//!
//! The endpoints answer on a listener of their own, by default `127.0.0.1:9464`, which
//! [`start`](crate::start) opens, or as a [`router`] in a server of the program. [`ENDPOINTS`] lists them.
//! [`ServerLayer`] measures and traces the requests that the program answers itself, and
//! [`inject`] takes the current trace along to services that it calls.
//!
//! # What is safe
//!
//! The endpoints tell what the program does, so the listener answers this machine only unless told
//! otherwise, and only under its own names: a web page that made its name point here is turned away.
//! What changes something must be asked for by a program, not by a page of another site. Requests are bounded
//! in size, time and number, and whatever comes in costs at most one bad answer.

mod accept;
mod access;
mod answer;
mod audit;
mod count;
mod endpoint;
mod guard;
pub mod layer;
mod listener;
mod live;
mod pages;
mod params;
mod paths;
mod problem;
mod propagate;
mod router;
mod settings;
mod site;
mod stream;
#[cfg(test)]
mod tests;

pub use access::CredentialsError;
pub(crate) use count::REFUSED;
pub use endpoint::{ENDPOINTS, Endpoint, reference};
pub use guard::Access;
pub use layer::{ServerLayer, Trust};
pub use listener::ListenError;
pub(crate) use listener::Listener;
pub use params::Param;
pub use propagate::trace_headers;
pub use router::router;

use obs_schema::monitoring::Collector;

use crate::config::Config;
pub use crate::propagate::inject;

/// Counts requests or not, and opens the listener or not, as the configuration says.
pub(crate) fn start(config: &Config) -> Result<Option<Listener>, ListenError> {
    let monitoring = &config.monitoring;
    layer::count(monitoring.metrics.collectors.contains(&Collector::Request));
    let settings = settings::Settings::of(config);
    access::Gate::new(&settings.rules, access::Reach::World)?.mount();
    let listen = || Listener::start(&settings);
    monitoring.http.enabled.then(listen).transpose()
}
