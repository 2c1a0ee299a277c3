//! The shop as a process of its own, and the tools that look at it.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file is a crate that uses a part of it"
)]

pub mod shop;
pub mod tools;
pub mod trace;
