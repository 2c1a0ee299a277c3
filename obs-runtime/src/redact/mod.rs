//! Keeping secrets out of what the program says of itself.
//!
//! | what | hides |
//! |---|---|
//! | [`Sensitive`] | a value, wherever it is written |
//! | `#[derive(Redact)]` | fields of a type, in its `Debug` |
//! | [`Redaction`] | what looks like a secret, in log records and in spans |
//!
//! In all of them [`REDACTED`] stands for what is hidden.

mod card;
pub(crate) mod derive;
mod hint;
mod key;
mod known;
mod pair;
mod rewrite;
mod rules;
mod scan;
mod sensitive;
mod spans;
#[cfg(test)]
pub(crate) mod tests;
mod token;
mod url;
mod value;
mod words;

pub(crate) use self::rewrite::Rewrite;
pub(crate) use self::rules::Finders;
pub use self::rules::Redaction;
pub use self::sensitive::Sensitive;
#[cfg(feature = "log")]
pub(crate) use self::spans::set as set_for_spans;
pub(crate) use self::spans::{follow as follow_in_spans, hide as hide_in_spans};

/// Stands for what is hidden.
pub const REDACTED: &str = "[redacted]";
