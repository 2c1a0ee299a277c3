//! The attributes on every kind of function, in every outcome, against counts made by hand.

#![cfg(feature = "macros")]
#![deny(warnings, clippy::pedantic)]
#![forbid(unsafe_code)]
// Every way to take an argument is tried, the unusual ones too.
#![allow(
    clippy::boxed_local,
    clippy::needless_pass_by_value,
    clippy::trivially_copy_pass_by_ref,
    clippy::unused_self
)]

mod asynchronous;
mod counts;
mod functions;
mod fused;
mod futures_returned;
mod judgement;
mod labels;
mod methods;
mod places;
mod services;
mod spans;
mod surroundings;
