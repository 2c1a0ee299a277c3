//! The per-call structures: the clock, the thread's block, the cells, the span segments.
//!
//! This is the only module with `unsafe` in it. What it guarantees outside is
//! plain: every function here is safe to call from any thread at any time, also
//! while a thread's locals are being destroyed.
#![allow(
    unsafe_code,
    reason = "single-writer cells and segments need it; each block names its invariant"
)]

pub(crate) mod alone;
pub(crate) mod block;
pub(crate) mod body;
pub(crate) mod cells;
pub(crate) mod clock;
pub(crate) mod distribution;
pub(crate) mod extremes;
mod fork;
pub(crate) mod local;
pub(crate) mod pool;
pub(crate) mod published;
pub(crate) mod reduce;
mod ring;
mod roster;
pub(crate) mod segment;
mod sync;
mod tally;

pub(crate) use fork::watch as watch_forks;

#[cfg(test)]
mod tests;
