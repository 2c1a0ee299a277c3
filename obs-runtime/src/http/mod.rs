//! HTTP: the layer for the program's own server, and propagation to other services.

pub mod layer;
mod paths;
mod propagate;

pub use layer::ServerLayer;
pub use propagate::{inject, trace_headers};
