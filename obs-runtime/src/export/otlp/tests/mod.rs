//! What is sent, read by the official messages, and what comes back.

mod exponential;
pub(in crate::export) mod exporter;
pub(in crate::export) mod grpc;
mod json;
#[cfg(feature = "log")]
mod logs;
mod metrics;
pub(in crate::export) mod over_http;
mod settings;
mod spans;
pub(in crate::export) mod tls;
mod wire;
