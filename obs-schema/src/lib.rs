//! The vocabulary and the rule book of obs.
//!
//! Every rule is one function: the macros call it on what the user typed, the
//! generated `const _` checks call it on constants, and the configuration loader
//! calls it on files and environment variables. So the same mistake gets the same
//! words everywhere.
//!
//! Almost everything here is a `const fn`, does no I/O and has no dependencies.

mod ascii;
pub mod bucket;
pub mod cardinality;
mod choice;
pub mod def;
mod issue;
pub mod monitoring;
pub mod name;
pub mod option;
mod suggest;
pub mod text;
pub mod unit;
pub mod value;

pub use choice::{ChoiceError, check_choice};
pub use issue::{Finding, Findings, Issue};
pub use suggest::suggest;
