//! The parts of the runnable examples.

#[cfg(doctest)]
pub mod guide;
pub mod shop;
