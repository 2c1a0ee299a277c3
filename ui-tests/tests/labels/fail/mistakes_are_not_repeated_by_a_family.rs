use obs_runtime::{Counter, Family, Labels, Metrics};

#[derive(Labels)]
struct Request {
    le: bool,
    #[label(rename = "is-fast")]
    fast: bool,
    #[label(rename = "paid")]
    by_card: bool,
    paid: bool,
}

#[derive(Metrics)]
struct Shop {
    /// Requests.
    requests_total: Family<Counter, Request>,
}

fn main() {
    Shop::get().requests_total.with(&Request { le: true, fast: true, by_card: true, paid: true }).inc();
}
