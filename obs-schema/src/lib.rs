//! The vocabulary and the rule book of obs.
//!
//! Every rule is one function: the macros call it on what the user typed, the
//! generated `const _` checks call it on constants, and the configuration loader
//! calls it on files and environment variables. So the same mistake gets the same
//! words everywhere.
//!
//! | question | module |
//! |---|---|
//! | what does an annotated item emit? | [`def`], checked by [`check`] |
//! | is this name, unit, list of bounds allowed? | [`name`], [`mod@unit`], [`bucket`] |
//! | how many series is that? | [`cardinality`] |
//! | how is a duration, a size, a ratio written? | [`value`] |
//! | which options and keys are there? | [`option`] |
//! | how does a service monitor itself? | [`monitoring`] |
//! | how is a function guarded? | [`resilience`] |
//! | how is a health check run? | [`health`] |
//! | what is a business event? | [`event`] |
//!
//! A rule gives a small typed error. Its text is lower case, has names in
//! backticks and ends with what to type; it can be built in a constant, where
//! nothing may allocate ([`text`]), or become an [`Issue`], to which a macro adds a
//! span and the loader a line.
//!
//! ```
//! use obs_schema::name::check_label_name;
//! const _: () = assert!(check_label_name("region").is_ok());
//! let error = check_label_name("status-code").unwrap_err();
//! assert_eq!(error.to_string(), "`status-code` contains `-` at position 7; write `status_code`");
//! assert_eq!(error.issue("labels").code, "name.character");
//! ```
//!
//! There is no I/O here and there are no dependencies: the crate is compiled into
//! the macros and into the program.

mod ascii;
pub mod bucket;
pub mod cardinality;
pub mod check;
mod choice;
pub mod def;
pub mod event;
pub mod health;
mod issue;
pub mod monitoring;
pub mod name;
pub mod option;
pub mod reference;
pub mod resilience;
mod suggest;
pub mod text;
pub mod unit;
pub mod value;

pub use choice::{ChoiceError, check_choice};
pub use issue::{Finding, Findings, Issue};
pub use suggest::suggest;
