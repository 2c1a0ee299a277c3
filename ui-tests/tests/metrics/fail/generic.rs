//! Metrics exist once, whatever the type.

use obs_runtime::{Counter, Metrics};

#[derive(Metrics)]
struct Shop<T> {
    /// Orders.
    orders_total: Counter,
    marker: std::marker::PhantomData<T>,
}

fn main() {}
