//! The layer as users see it: a real subscriber, a captured output.

mod bridge;
mod records;
mod spans;
mod support;
