//! Functions that are clean under lints that look at how a body is written.

#![deny(
    clippy::nursery,
    clippy::absolute_paths,
    clippy::allow_attributes,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::default_numeric_fallback,
    clippy::else_if_without_else,
    clippy::exhaustive_structs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::let_underscore_must_use,
    clippy::let_underscore_untyped,
    clippy::min_ident_chars,
    clippy::panic,
    clippy::pattern_type_mismatch,
    clippy::print_stdout,
    clippy::semicolon_inside_block,
    clippy::shadow_reuse,
    clippy::shadow_same,
    clippy::shadow_unrelated,
    clippy::unreachable,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm
)]
#![allow(clippy::redundant_pub_crate)]

use obs_runtime::trace::SpanContext;
use obs_runtime::{
    counted, monitor_performance, timed, trace_request, track_db_query, track_external_api,
};

use tokio::task::yield_now;

use crate::counts::ok;

/// Where an order goes.
pub(super) struct Order {
    name: String,
    urgent: bool,
}

/// A body that begins with items.
#[trace_request("items_first", attributes(name = order.name, urgent = order.urgent))]
fn items_first(order: &Order) -> Result<usize, String> {
    const LIMIT: usize = 10;
    const fn is_short(name: &str) -> bool {
        name.len() < LIMIT
    }
    if is_short(&order.name) {
        Ok(order.name.len())
    } else {
        Err(order.name.clone())
    }
}

/// Takes what it needs by value.
#[timed(labels(urgent = order.urgent))]
#[counted]
fn by_value(order: Order) -> Result<String, String> {
    if order.urgent {
        Ok(order.name)
    } else {
        Err(order.name)
    }
}

#[monitor_performance(labels(name = order.name, max_series = 3), ok_if = |len| *len > 0)]
fn judged(order: &Order) -> usize {
    order.name.len()
}

#[track_db_query("select", "lints", attributes(order = %order.name))]
async fn awaited(order: &Order) -> Result<usize, String> {
    yield_now().await;
    Ok(order.name.len())
}

#[track_external_api("lints", rate_limit_remaining = |left: &u32| *left)]
#[trace_request(root, labels(urgent = urgent))]
async fn twice(urgent: bool) -> u32 {
    yield_now().await;
    u32::from(urgent)
}

#[trace_request(parent = parent)]
fn continued(parent: Option<&SpanContext>) -> bool {
    parent.is_some()
}

#[trace_request(labels(urgent = order.urgent), error_if = Option::is_none)]
fn looked_up(order: &Order) -> Option<&str> {
    order.name.get(1..)
}

/// An expectation that is met without the attribute is no mistake with it.
#[trace_request("expected")]
#[expect(
    clippy::unused_async,
    clippy::unnecessary_wraps,
    reason = "for the test"
)]
async fn expected(_order: Order, _other: Order) -> Result<u32, String> {
    Ok(1)
}

/// A guard that lives as long as the call.
#[trace_request("held")]
fn held(_guard: Order, name: String, _other: Order) -> Result<usize, String> {
    if name.is_empty() {
        return Err(name);
    }
    Ok(name.len())
}

#[tokio::test]
async fn clean_functions_stay_clean() {
    let order = || Order {
        name: "tea".to_owned(),
        urgent: true,
    };
    assert_eq!(items_first(&order()), Ok(3));
    assert_eq!(by_value(order()), Ok("tea".to_owned()));
    assert_eq!(judged(&order()), 3);
    assert_eq!(awaited(&order()).await, Ok(3));
    assert_eq!(twice(true).await, 1);
    assert!(!continued(None));
    assert_eq!(looked_up(&order()), Some("ea"));
    assert_eq!(expected(order(), order()).await, Ok(1));
    assert_eq!(held(order(), "a".to_owned(), order()), Ok(1));
    for operation in [
        "items_first",
        "by_value",
        "judged",
        "twice",
        "continued",
        "looked_up",
        "expected",
        "held",
    ] {
        assert_eq!(ok(operation), 1, "{operation}");
    }
}
