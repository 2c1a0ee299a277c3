//! OTLP: what the Collector, Jaeger, Tempo and most others take.
//!
//! Source: <https://opentelemetry.io/docs/specs/otlp/>

mod over_http;
mod reader;
mod resource;
pub(crate) mod settings;
mod spans;
mod start;
mod value;

pub(crate) use start::start_traces;

use super::wire;

#[cfg(test)]
mod tests;
