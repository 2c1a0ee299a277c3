//! The attributes on every kind of function, in every outcome, against counts made by hand.

#![deny(warnings, clippy::pedantic)]
#![forbid(unsafe_code)]

mod asynchronous;
mod counts;
mod functions;
mod services;
