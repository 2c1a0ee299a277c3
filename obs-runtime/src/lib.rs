//! .

pub mod collect;
pub mod trace;
