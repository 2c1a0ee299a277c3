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
mod wire;

pub(crate) use start::start_traces;

#[cfg(test)]
mod tests;
