//! A library with every lint that people turn on.
#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    rust_2018_idioms,
    single_use_lifetimes,
    unreachable_pub,
    unused,
    unused_qualifications,
    unused_lifetimes,
    unused_results,
    variant_size_differences,
    let_underscore_drop,
    trivial_casts,
    unsafe_code,
    elided_lifetimes_in_paths
)]

use obs_runtime::{debug_trace, service, trace_request};

/// A service.
#[service(name = "shop")]
#[derive(Debug)]
pub struct Shop {
    orders: u64,
}

#[service]
impl Shop {
    /// Places an order.
    ///
    /// # Errors
    /// If there are too many.
    #[trace_request("place", labels(first = self.orders == 0), attributes(orders = self.orders))]
    pub fn place(&mut self) -> Result<u64, String> {
        self.orders = self.orders.checked_add(1).ok_or("too many")?;
        Ok(self.orders)
    }

    /// Counts the orders.
    #[debug_trace("orders")]
    pub async fn count(&self) -> u64 {
        self.orders
    }
}

/// Waits.
#[trace_request("wait", error_if = |done| !done)]
#[debug_trace("orders")]
pub fn wait() -> bool {
    true
}

/// Returns a future.
#[debug_trace("orders")]
pub fn later(orders: u64) -> impl Future<Output = Result<u64, String>> {
    async move { Ok(orders) }
}

fn main() {
    let mut shop = Shop { orders: 0 };
    assert_eq!(shop.place(), Ok(1));
    drop(shop.count());
    assert!(wait());
    drop(later(1));
}
