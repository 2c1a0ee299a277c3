//! Delivery to a receiver that may be slow, away or wrong.
//!
//! Every sink works the same way: what it gets is [encoded](batch) and
//! waits in a [queue](queue) that is bounded by items and bytes, maybe after it has waited on a
//! [stage](stage) to be encoded; a
//! [courier](courier) sends batches of it, tries again what is worth it, and
//! keeps [books](books) in which nothing is ever missing. Between the two may be a [spool](spool)
//! on disk. All couriers run on
//! [a thread](dispatch) with a runtime of its own, so that it does not matter
//! which runtime the program has, or whether it has one.

mod answer;
mod backoff;
mod batch;
mod books;
mod courier;
mod dispatch;
mod limits;
mod place;
mod queue;
mod spool;
mod stage;

pub(crate) use answer::{Answer, Loss};
pub(crate) use batch::Batch;
pub(crate) use books::{BOUNDS, Books, sinks};
pub(crate) use courier::Sink;
pub(crate) use dispatch::Dispatch;
pub(crate) use limits::Limits;
#[cfg(any(test, feature = "push"))]
pub(crate) use limits::Retry;
pub(crate) use queue::Queue;
pub(crate) use spool::SpoolSettings;
#[cfg(all(feature = "log", any(feature = "otlp", feature = "elastic")))]
pub(crate) use {
    queue::{Size, woken},
    stage::Stage,
};

#[cfg(test)]
pub(super) mod tests;
