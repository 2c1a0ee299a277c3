//! The atomics of the structures that the model checker runs as well: `tests/loom.rs` compiles the
//! same files with its own.

pub(super) use std::sync::atomic::{
    AtomicBool, AtomicPtr, AtomicU64, AtomicUsize, Ordering, fence,
};
