//! The layer as users see it: a real subscriber, a captured output.

mod bridge;
mod process;
mod records;
mod redaction;
mod spans;
mod support;
