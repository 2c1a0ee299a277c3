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

use obs_runtime::{Rejected, circuit_breaker, service, trace_request};

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
    /// If the breaker is open.
    #[trace_request("place", labels(first = self.orders == 0), attributes(orders = self.orders))]
    #[circuit_breaker("place", window = count(20), ignore = |_| false)]
    pub fn place(&mut self) -> Result<u64, Rejected> {
        self.orders = self.orders.saturating_add(1);
        Ok(self.orders)
    }

    /// Counts the orders.
    ///
    /// # Errors
    /// If the breaker is open.
    #[circuit_breaker("count", timeout = "1s", fallback = Self::none)]
    pub async fn count(&self, at_least: u64) -> Result<u64, Rejected> {
        Ok(self.orders.max(at_least))
    }

    #[service(skip)]
    #[expect(clippy::unused_async, reason = "a fallback is like what it stands for")]
    async fn none(&self, at_least: u64, _: Rejected) -> Result<u64, Rejected> {
        Ok(at_least)
    }
}

/// Returns a future.
///
/// # Errors
/// If the breaker is open.
#[circuit_breaker("later", key = region)]
pub fn later(region: &str) -> impl Future<Output = Result<usize, Rejected>> + '_ {
    async move { Ok(region.len()) }
}

fn main() {
    let mut shop = Shop { orders: 0 };
    assert_eq!(shop.place(), Ok(1));
    drop(shop.count(1));
    drop(later("eu"));
}
