//! The derive macros of obs: entry points only.
//!
//! `obs-runtime` re-exports them, and documents what they implement.

use proc_macro::TokenStream;

/// Says what each variant of an error means to the callee: `#[outcome(ok)]`, `failure`, `ignored`,
/// `retryable`, `caller_fault`, or `transparent` for the class of the one field.
#[proc_macro_derive(Outcome, attributes(outcome))]
pub fn outcome(item: TokenStream) -> TokenStream {
    obs_codegen::outcome::derive_outcome(item.into()).into()
}

/// Implements `Debug` so that fields with `#[redact]` are hidden.
///
/// | on a field | shown |
/// |---|---|
/// | nothing | its `Debug` |
/// | `#[redact]` | `[redacted]` |
/// | `#[redact(last = 4)]` | `[redacted]` and the last characters of its `Display`, if it is more than twice as long |
/// | `#[redact(with = mask)]` | what `mask(&field)` returns, by its `Display` |
#[proc_macro_derive(Redact, attributes(redact))]
pub fn redact(item: TokenStream) -> TokenStream {
    obs_codegen::redact::derive_redact(item.into()).into()
}
