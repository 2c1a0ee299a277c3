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

use std::time::Duration;

use obs_runtime::{
    Rejected, bulkhead, circuit_breaker, rate_limit, retry, service, timeout, trace_request,
};

/// A service.
#[service(name = "shop")]
#[derive(Debug)]
pub struct Shop {
    orders: u64,
}

#[service]
impl Shop {
    /// Finds an order.
    ///
    /// # Errors
    /// If it cannot be found.
    #[trace_request("find", labels(first = self.orders == 0), attributes(name = name.clone()))]
    #[retry(idempotent, attempts = 5, retry_if = |_| false)]
    #[rate_limit("find", calls = 10, wait = "10ms")]
    #[bulkhead("find", concurrent = 3)]
    pub fn find(&self, mut name: String) -> Result<String, Rejected> {
        name.push('!');
        Ok(name)
    }

    /// Counts the orders.
    ///
    /// # Errors
    /// If it takes too long.
    #[retry(idempotent, retry_after = |_| Some(Duration::from_secs(1)))]
    #[circuit_breaker("count", fallback = Self::none)]
    #[timeout("1s")]
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
/// If it takes too long.
#[retry("later", idempotent)]
#[timeout("1s")]
pub fn later(region: &str) -> impl Future<Output = Result<usize, Rejected>> + '_ {
    async move { Ok(region.len()) }
}

fn main() {
    let shop = Shop { orders: 0 };
    assert_eq!(shop.find("tea".to_owned()), Ok("tea!".to_owned()));
    drop(shop.count(1));
    drop(later("eu"));
}
