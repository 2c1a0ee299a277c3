//! A library that calls the runtime `telemetry` and is of edition 2021.

#![deny(warnings, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

use telemetry::{
    counted, monitor_performance, service, trace_request, track_db_query, track_external_api,
};

/// A future in a box.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Takes and keeps orders.
#[service(name = "shop", monitoring(tracing(sampler = 0.5)), crate = ::telemetry)]
#[derive(Debug, Default)]
pub struct Shop {
    orders: Vec<String>,
}

#[service(crate = ::telemetry)]
impl Shop {
    /// Keeps an order.
    ///
    /// # Errors
    /// If its name is empty.
    #[track_db_query("insert", "orders")]
    pub fn place(&mut self, name: &str) -> Result<&mut String, String> {
        if name.is_empty() {
            return Err("an order needs a name".to_owned());
        }
        self.orders.push(name.to_owned());
        self.orders.last_mut().ok_or_else(String::new)
    }

    /// How many orders there are.
    pub async fn count(&self) -> usize {
        self.orders.len()
    }

    /// The longest name.
    #[must_use]
    pub fn longest(&self) -> Boxed<'_, Option<&str>> {
        Box::pin(async {
            self.orders
                .iter()
                .map(String::as_str)
                .max_by_key(|name| name.len())
        })
    }
}

/// Says whether text is short, by labels and attributes of every kind.
///
/// # Errors
/// If it is not.
#[trace_request(
    "short",
    labels(empty: bool = text.is_empty(), first = text.get(..1).unwrap_or(""), max_series = 30),
    attributes(text = text, debug = ?text, limit = %limit),
    slow = "1s",
    error_if = Result::is_err,
    crate = ::telemetry
)]
#[counted(crate = ::telemetry)]
pub fn short(text: &str, limit: usize) -> Result<usize, impl Debug> {
    if text.len() > limit {
        return Err(format!("{text} is long"));
    }
    Ok(text.len())
}

/// Waits for a query.
#[track_db_query("select", "orders", system = "sqlite", crate = ::telemetry)]
pub fn query(text: &str) -> impl Future<Output = Result<usize, String>> + '_ {
    async move { text.parse::<usize>().map_err(|error| error.to_string()) }
}

/// Calls another service.
#[track_external_api("bank", rate_limit_remaining = |left: &Option<u32>| *left, crate = ::telemetry)]
#[monitor_performance(crate = ::telemetry)]
pub async fn call(left: Option<u32>) -> Option<u32> {
    left
}
