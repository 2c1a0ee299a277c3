//! The vocabulary and the rule book of obs.

pub mod def;
