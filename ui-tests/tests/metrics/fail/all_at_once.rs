//! Every mistake of an item is reported in one build.

use obs_runtime::{Counter, Histogram, Metrics};

#[derive(Metrics)]
#[metrics(prefix = "shop")]
struct Shop {
    orders_total: Counter,
    /// Time.
    #[metric(unit = "ms", bukets = [1])]
    latency_seconds: Histogram,
    /// Mails.
    #[metric(buckets = [1])]
    mails: Counter,
}

// The item is there all the same: this line is no error.
fn use_it() {
    Shop::get().orders_total.inc();
}

fn main() {}
