//! Types of other libraries at the border (feature `interop`).

pub mod prometheus;
