//! The parts of the runnable examples.

pub mod shop;
