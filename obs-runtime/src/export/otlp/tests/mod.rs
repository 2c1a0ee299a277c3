//! What is sent, read by the official messages, and what comes back.

mod over_http;
mod settings;
mod spans;
mod wire;
