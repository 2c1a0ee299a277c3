//! Annotated code of people who turn every lint on, give our names to their own things and write signatures
//! that nobody expects. It compiles without a warning and does what it does without the attributes.

#![cfg(feature = "macros")]
#![deny(
    warnings,
    clippy::pedantic,
    unused_qualifications,
    unused_results,
    unused_lifetimes
)]
#![deny(
    let_underscore_drop,
    single_use_lifetimes,
    trivial_casts,
    missing_debug_implementations
)]
#![forbid(unsafe_code)]

mod blocks;
mod counts;
mod drops;
mod fragments;
mod generics;
mod lints;
mod names;
mod patterns;
mod places;
mod policies;
mod prelude;
mod types;
