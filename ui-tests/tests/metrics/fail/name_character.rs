//! Names that Prometheus does not take.

use obs_runtime::{Counter, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Orders.
    #[metric(name = "shop:orders_total")]
    orders: Counter,
    /// Mails.
    #[allow(non_snake_case)]
    mailsSent_total: Counter,
    /// Calls.
    #[metric(name = "5xx_total")]
    errors: Counter,
}

fn main() {}
