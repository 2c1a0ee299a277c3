//! OTLP: what the Collector, Jaeger, Tempo and most others take.
//!
//! Source: <https://opentelemetry.io/docs/specs/otlp/>

mod conventions;
mod exponential;
mod grpc;
mod json;
#[cfg(feature = "log")]
mod logs;
mod messages;
mod metrics;
mod names;
mod reader;
mod resource;
mod sender;
pub(crate) mod settings;
mod spans;
mod start;
mod temporality;
mod value;

pub(crate) use start::{begin, end, is_wanted};

use super::wire;

#[cfg(test)]
pub(super) mod tests;
