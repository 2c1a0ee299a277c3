//! The README's first listing.
fn main() {}
