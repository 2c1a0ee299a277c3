//! What is sent, read by the official messages, and what comes back.

mod exponential;
mod exporter;
mod grpc;
mod json;
#[cfg(feature = "log")]
mod logs;
mod metrics;
mod over_http;
mod settings;
mod spans;
mod tls;
mod wire;
