//! What `#[derive(Metrics)]` gives.
#![cfg(feature = "macros")]
#![deny(warnings, missing_docs, clippy::pedantic)]
#![forbid(unsafe_code)]

use obs_runtime::metric::Registry;
use obs_runtime::metric::definition::{LabelDef, MetricKind, Values};
use obs_runtime::metric::snapshot::Value;
use obs_runtime::{
    Counter, Family, Gauge, Histogram, Info, Label, Labels, MetricSet, Metrics, Summary,
};

#[derive(Label, Clone, Copy)]
enum Payment {
    Card,
    Invoice,
}

#[derive(Labels)]
struct OrderLabels {
    payment: Payment,
    #[label(max_series = 50)]
    country: &'static str,
}

#[derive(Metrics)]
#[metrics(prefix = "shop_")]
struct Shop {
    /// Orders that were
    /// placed.
    ///
    /// Only a reader of the code sees this.
    orders_total: Counter,
    /// What customers paid.
    #[metric(name = "revenue_euros_total")]
    revenue: Counter<f64>,
    /// Orders by payment.
    orders_by_payment_total: Family<Counter, OrderLabels>,
    /// Open carts.
    carts: Gauge,
    /// Time to place an order.
    checkout_seconds: Histogram,
    /// Size of an order.
    #[metric(unit = "items", buckets = [-1, 0.5, 10])]
    order_items: Histogram,
    /// Time to confirm.
    confirmation_seconds: Summary,
    /// Time to pay.
    #[metric(objectives = [(0.5, 0.05), (0.75, 0.02)], max_age = "90s")]
    payment_seconds: Summary,
    /// Bytes that were sent.
    sent_bytes_total: Counter,
    /// The tax table in use.
    tax_table_info: Info,
}

#[test]
fn the_field_is_the_name_and_the_comment_the_help() {
    assert_eq!(Shop::ORDERS_TOTAL.name, "shop_orders_total");
    assert_eq!(Shop::ORDERS_TOTAL.help, "Orders that were placed.");
    assert_eq!(Shop::REVENUE.name, "shop_revenue_euros_total");
}

#[test]
fn the_kind_comes_from_the_type() {
    let kinds: Vec<_> = <Shop as MetricSet>::DEFS
        .iter()
        .map(|def| def.kind)
        .collect();
    assert_eq!(
        kinds,
        [
            MetricKind::Counter,
            MetricKind::FloatCounter,
            MetricKind::Counter,
            MetricKind::Gauge,
            MetricKind::Histogram,
            MetricKind::Histogram,
            MetricKind::Summary,
            MetricKind::Summary,
            MetricKind::Counter,
            MetricKind::Info,
        ]
    );
}

#[test]
fn the_unit_is_declared_or_the_end_of_the_name() {
    assert_eq!(Shop::CHECKOUT_SECONDS.unit, "seconds");
    assert_eq!(Shop::SENT_BYTES_TOTAL.unit, "bytes");
    assert_eq!(Shop::ORDER_ITEMS.unit, "items");
    assert_eq!(Shop::ORDERS_TOTAL.unit, "");
}

#[test]
fn buckets_and_objectives_are_those_given_or_the_defaults_of_the_kind() {
    assert_eq!(Shop::ORDER_ITEMS.buckets, [-1.0, 0.5, 10.0]);
    assert_eq!(Shop::CHECKOUT_SECONDS.buckets.len(), 24);
    assert!(Shop::CARTS.buckets.is_empty() && Shop::CONFIRMATION_SECONDS.buckets.is_empty());
    assert_eq!(
        Shop::PAYMENT_SECONDS.objectives,
        [(0.5, 0.05), (0.75, 0.02)]
    );
    assert_eq!(Shop::CONFIRMATION_SECONDS.objectives.len(), 3);
    let ages = [
        Shop::PAYMENT_SECONDS,
        Shop::CONFIRMATION_SECONDS,
        Shop::CARTS,
    ];
    assert_eq!(
        ages.map(|def| format!("{}", def.max_age_secs)),
        ["90", "600", "0"]
    );
}

#[test]
fn the_labels_are_those_of_the_family() {
    let labels = [
        LabelDef {
            name: "payment",
            values: Values::Finite(&["card", "invoice"]),
        },
        LabelDef {
            name: "country",
            values: Values::Capped { max_series: 50 },
        },
    ];
    assert_eq!(Shop::ORDERS_BY_PAYMENT_TOTAL.labels, labels);
    assert!(Shop::ORDERS_TOTAL.labels.is_empty());
}

#[test]
fn a_definition_says_where_it_stands() {
    let source = Shop::CARTS.source;
    assert_eq!(Shop::CARTS.owner, "Shop");
    assert_eq!(source.module, module_path!());
    assert!(source.file.ends_with("derive_metrics.rs"));
    let text = include_str!("derive_metrics.rs");
    let line = text.lines().nth(source.line as usize - 1).unwrap();
    assert_eq!(line.trim(), "carts: Gauge,");
}

#[test]
fn there_is_one_instance_and_it_counts_into_the_registry() {
    let shop = Shop::get();
    assert!(std::ptr::eq(shop, <Shop as MetricSet>::get()));
    shop.orders_total.add(3);
    shop.revenue.add(2.5);
    shop.carts.set(7.0);
    shop.checkout_seconds.observe(0.2);
    shop.order_items.observe(3.0);
    shop.confirmation_seconds.observe(0.1);
    shop.payment_seconds.observe(0.1);
    shop.sent_bytes_total.inc();
    shop.tax_table_info.set(&[("edition", "2026")]);
    let labels = OrderLabels {
        payment: Payment::Invoice,
        country: "de",
    };
    shop.orders_by_payment_total.with(&labels).inc();
    let other = OrderLabels {
        payment: Payment::Card,
        ..labels
    };
    assert_eq!(shop.orders_by_payment_total.with(&other).get(), 0);

    let families = Registry::global().snapshot().families;
    let value = |name: &str| {
        let family = families.iter().find(|family| family.name == name).unwrap();
        assert_eq!(family.series.len(), 1, "{name}");
        &family.series[0].value
    };
    assert_eq!(value("shop_orders_total"), &Value::Counter(3));
    assert_eq!(value("shop_carts"), &Value::Gauge(7.0));
}

/// The linker lists the set: its series are there although nothing has asked for it.
#[test]
fn series_exist_before_the_first_use() {
    #[derive(Metrics)]
    #[allow(dead_code)]
    struct Untouched {
        /// Nobody counts this.
        untouched_total: Counter,
    }
    assert_eq!(Untouched::DEFS.len(), 1);
    let families = Registry::global().snapshot().families;
    assert!(
        families
            .iter()
            .any(|family| family.name == "untouched_total")
    );
}

/// Everything that an expansion might name is something else here.
mod shadowed {
    #![allow(dead_code, non_snake_case)]
    pub(crate) struct Result;
    pub(crate) struct Option;
    pub(crate) struct OnceLock;
    pub(crate) struct MetricDef;
    pub(crate) fn Some() {}
    pub(crate) fn Ok() {}
    pub(crate) mod core {}
    pub(crate) mod std {}
    pub(crate) mod obs_runtime {}

    #[derive(::obs_runtime::Metrics)]
    pub(crate) struct Set {
        /// Things.
        pub(crate) shadowed_total: ::obs_runtime::Counter,
    }
}

#[test]
fn other_things_of_the_same_names_in_scope() {
    shadowed::Set::get().shadowed_total.inc();
    assert_eq!(shadowed::Set::get().shadowed_total.get(), 1);
}

mod facade {
    pub(crate) use obs_runtime as telemetry;
}

#[test]
fn the_runtime_under_another_path() {
    #[derive(Metrics)]
    #[metrics(crate = crate::facade::telemetry, prefix = "facade_", series_budget = 10_000)]
    struct Set {
        /// Things.
        r#things: Gauge,
    }
    Set::get().things.set(1.0);
    assert_eq!(Set::THINGS.name, "facade_things");
}

macro_rules! metrics {
    ($set:ident { $($(#[$attr:meta])* $field:ident: $ty:ty),+ }) => {
        #[derive(Metrics)]
        struct $set { $($(#[$attr])* $field: $ty),+ }
    };
}

metrics!(FromMacro {
    /// From a macro.
    from_macro_total: Counter
});

#[test]
fn inside_a_macro() {
    FromMacro::get().from_macro_total.inc();
    assert_eq!(FromMacro::FROM_MACRO_TOTAL.help, "From a macro.");
}
