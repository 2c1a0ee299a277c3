//! An option without a value.

use obs_runtime::{Counter, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Orders.
    #[metric(name)]
    orders_total: Counter,
    /// Mails.
    #[metric(name =)]
    mails_total: Counter,
}

fn main() {}
