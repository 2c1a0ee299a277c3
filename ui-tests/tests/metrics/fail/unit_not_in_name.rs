//! A unit that the name does not show.

use obs_runtime::{Counter, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Bytes sent.
    #[metric(unit = "bytes")]
    sent_total: Counter,
}

fn main() {}
