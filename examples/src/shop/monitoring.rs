//! How the shop monitors itself.

use std::time::Duration;

use obs_runtime::config::monitoring::{Level, LogFormat, Logging, Monitoring, Tracing};
use obs_runtime::watch::{self, QueueState};
use obs_runtime::{Counter, Event, Family, Gauge, Histogram, Label, Labels, Metrics};

use super::notify;
use super::payment::PaymentMethod;
use super::stock::Product;
use super::store::Store;

/// Warnings and errors for people, and every trace; traces of half a second and more count as slow.
///
/// `OBS_LOG=info OBS_LOG_FORMAT=json OBS_SAMPLER=0.1` and the other variables change it at the start.
pub const MONITORING: Monitoring = Monitoring {
    logging: Logging {
        level: Level::Warn,
        format: LogFormat::Pretty,
        ..Logging::DEFAULT
    },
    tracing: Tracing {
        slow: Duration::from_millis(500),
        ..Tracing::DEFAULT
    },
    ..Monitoring::DEFAULT
};

/// What the shop sells.
#[derive(Debug, Metrics)]
#[metrics(prefix = "shop_")]
pub struct Sales {
    /// Orders by the way they were to be paid and what became of them.
    pub orders_total: Family<Counter, OrderLabels>,
    /// What confirmed orders are worth.
    #[metric(unit = "euros", buckets = [10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0])]
    pub order_value_euros: Histogram,
    /// Pieces in the warehouse.
    pub stock_pieces: Family<Gauge, ProductLabels>,
}

/// Orders that came to an end, by the way they were to be paid.
#[derive(Debug, Event)]
#[event(level = "debug")]
pub struct OrderClosed<'a> {
    /// Who ordered.
    #[event(user)]
    pub customer: &'a str,
    /// How it was to be paid.
    #[event(feature, label)]
    pub method: PaymentMethod,
    /// What became of it, unless it is on its way.
    #[event(error)]
    pub error: Option<&'static str>,
    /// What it is worth. `None` if it could not be said.
    pub value_euros: Option<f64>,
}

/// The labels of an order.
#[derive(Debug, Clone, Labels)]
pub struct OrderLabels {
    /// How it was to be paid.
    pub method: PaymentMethod,
    /// What became of it.
    pub result: OrderResult,
}

/// The label of a product.
#[derive(Debug, Clone, Labels)]
pub struct ProductLabels {
    /// Which product.
    #[label(max_series = 100)]
    pub sku: String,
}

/// What became of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Label)]
pub enum OrderResult {
    /// Paid and on its way.
    Confirmed,
    /// It made no sense.
    Invalid,
    /// The customer's bank said no.
    Declined,
    /// Too little of a product.
    OutOfStock,
    /// The shop's fault, or the payment API's.
    Failed,
}

/// Watches the connection of the database, and the confirmations that are not sent yet.
pub fn watch_queues(store: &Store) {
    let store = store.clone();
    watch::pool("database", move || store.pool());
    watch::queue("confirmations", || QueueState::new(notify::unsent()));
}

/// Sets the gauges of the stock.
pub fn set_stock(products: &[Product]) {
    let gauges = &Sales::get().stock_pieces;
    for product in products {
        let sku = product.sku.clone();
        gauges
            .with(&ProductLabels { sku })
            .set(product.stock as f64);
    }
}
