//! .

pub mod trace;
