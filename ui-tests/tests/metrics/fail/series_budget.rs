//! More series than the budget: the message shows the multiplication.

use obs_runtime::{Counter, Family, Labels, Metrics};

#[derive(Labels)]
struct Request {
    #[label(max_series = 6)]
    method: String,
    #[label(max_series = 40)]
    route: String,
    #[label(max_series = 12)]
    status: u16,
}

#[derive(Metrics)]
struct Shop {
    /// Requests.
    requests_total: Family<Counter, Request>,
}

fn main() {}
