//! What attributes expand to, where the shape is what a reader of the code relies on.
//!
//! After a change: `UPDATE=1 cargo test -p obs-codegen --test expand`, then read the difference.

use std::path::Path;

use obs_codegen::operation::{self, kind::Kind};
use obs_codegen::service;
use proc_macro2::TokenStream;
use quote::quote;

/// Compares with `tests/expand/<name>.rs`.
fn check(name: &str, expanded: TokenStream) {
    let file = syn::parse2(expanded).expect("the expansion parses");
    let shown = prettyplease::unparse(&file);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/expand/{name}.rs"));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &shown).expect("the snapshot can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        shown,
        expected,
        "the expansion differs from {}",
        path.display()
    );
}

#[test]
fn a_value_that_can_be_an_error_is_looked_at() {
    check(
        "fallible",
        operation::attribute(
            Kind::TraceRequest,
            quote!(
                "place",
                labels(express = express),
                attributes(order.id = order.id)
            ),
            quote! {
                /// Places an order.
                #[counted]
                pub fn place(order: &Order, express: bool) -> Result<u64, Error> {
                    #![allow(unused)]
                    store(order)?;
                    Ok(order.id)
                }
            },
        ),
    );
}

#[test]
fn a_value_that_says_nothing_leaves_the_body_in_place() {
    check(
        "plain",
        operation::attribute(
            Kind::MonitorPerformance,
            quote!("sum"),
            quote!(
                fn sum(values: &[u64]) -> u64 {
                    values.iter().sum()
                }
            ),
        ),
    );
}

#[test]
fn an_async_body_is_polled_inside_the_call() {
    check(
        "asynchronous",
        operation::attribute(
            Kind::TrackDbQuery,
            quote!("select", "orders", system = "sqlite"),
            quote! {
                async fn orders(&self) -> Result<Vec<Order>, Error> {
                    self.db.query().await
                }
            },
        ),
    );
}

#[test]
fn a_returned_future_begins_the_call() {
    check(
        "future",
        operation::attribute(
            Kind::TraceRequest,
            quote!(ok_if = Reply::is_fine),
            quote! {
                fn reply(&self) -> Pin<Box<dyn Future<Output = Reply> + Send + '_>> {
                    Box::pin(async move { self.ask().await })
                }
            },
        ),
    );
}

#[test]
fn a_breaker_decides_whether_the_body_runs() {
    check(
        "breaker",
        operation::attribute(
            Kind::CircuitBreaker,
            quote!(
                "payments",
                window = count(100),
                slow_call = "1s",
                ignore = Error::is_declined
            ),
            quote! {
                #[counted("pay")]
                fn pay(card: Card) -> Result<Receipt, Error> {
                    card.charge()
                }
            },
        ),
    );
}

#[test]
fn a_limit_of_time_drops_the_body_and_a_fallback_has_the_arguments() {
    check(
        "breaker_async",
        operation::attribute(
            Kind::CircuitBreaker,
            quote!(
                "prices",
                timeout = "2s",
                fallback = Self::cached,
                key = shop
            ),
            quote! {
                async fn price(&self, shop: String) -> Result<u64, Error> {
                    self.client.ask(shop).await
                }
            },
        ),
    );
}

#[test]
fn policies_are_one_in_their_own_order() {
    check(
        "policy",
        operation::attribute(
            Kind::Bulkhead,
            quote!("stock", concurrent = 4, queue = 8, wait = "50ms"),
            quote! {
                #[rate_limit("stock", calls = 10)]
                #[retry(idempotent, retry_if = Error::is_busy, deadline = "2s")]
                #[circuit_breaker("stock")]
                fn stock(mut order: Order, shop: &Shop) -> Result<u64, Error> {
                    shop.ask(order.next())
                }
            },
        ),
    );
}

#[test]
fn each_attempt_makes_the_future_that_a_function_returns() {
    check(
        "policy_future",
        operation::attribute(
            Kind::Timeout,
            quote!("1s"),
            quote! {
                #[retry("ask", idempotent, retry_after = Error::after)]
                #[bulkhead("ask", queue = 2, wait = "10ms")]
                fn ask(&self, id: u64) -> impl Future<Output = Result<u64, Error>> + '_ {
                    async move { self.client.ask(id).await }
                }
            },
        ),
    );
}

#[test]
fn a_service_is_its_definition_and_its_configuration() {
    check(
        "service",
        service::attribute(
            quote!(name = "shop", monitoring = MONITORING),
            quote!(
                pub struct Shop;
            ),
        ),
    );
}

#[test]
fn a_mistake_leaves_the_function() {
    check(
        "mistake",
        operation::attribute(
            Kind::TraceRequest,
            quote!("place", slow = "1"),
            quote! {
                #[obs_runtime::counted]
                #[inline]
                fn place() -> u64 { 1 }
            },
        ),
    );
}
