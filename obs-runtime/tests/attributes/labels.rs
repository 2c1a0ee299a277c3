//! Labels: finite ones exist before the first call, free text is capped.

use obs_runtime::metric::Registry;
use obs_runtime::{Label, counted, timed, trace_request};

use crate::counts::{count, outcomes, series};

#[derive(Clone, Copy, PartialEq)]
enum Region {
    Eu,
    Us,
}

impl Label for Region {
    const VALUES: &'static [&'static str] = &["eu", "us"];

    fn index(&self) -> usize {
        *self as usize
    }
}

struct Order {
    region: Region,
    id: u64,
    express: bool,
}

impl Order {
    fn region_ref(&self) -> &Region {
        &self.region
    }
}

const EU: Order = Order {
    region: Region::Eu,
    id: 1,
    express: false,
};
const US: Order = Order {
    region: Region::Us,
    id: 2,
    express: true,
};

fn of(operation: &str, labels: &[(&str, &str)]) -> Vec<(&'static str, u64)> {
    let mut all = vec![("operation", operation)];
    all.extend(labels);
    outcomes("operation_calls_total", &all)
}

#[trace_request("by_parameter", labels(region = region, express = *express, fixed = "yes"))]
fn by_parameter(region: &Region, express: &bool) -> u32 {
    if *express {
        1
    } else {
        u32::from(*region == Region::Us)
    }
}

#[test]
fn finite_labels_exist_before_the_first_call() {
    assert_eq!(
        series("operation_calls_total", &[("operation", "by_parameter")]).len(),
        8
    );
    assert_eq!(by_parameter(&Region::Us, &true), 1);
    assert_eq!(by_parameter(&Region::Us, &true), 1);
    assert_eq!(by_parameter(&Region::Eu, &false), 0);
    let us = [("region", "us"), ("express", "true"), ("fixed", "yes")];
    assert_eq!(of("by_parameter", &us), [("ok", 2), ("panic", 0)]);
    let eu = [("region", "eu"), ("express", "false"), ("fixed", "yes")];
    assert_eq!(of("by_parameter", &eu), [("ok", 1), ("panic", 0)]);
    let none = [("region", "eu"), ("express", "true"), ("fixed", "yes")];
    assert_eq!(of("by_parameter", &none), [("ok", 0), ("panic", 0)]);
}

#[trace_request(
    "by_expression",
    labels(region = order.region, same = order.region_ref(), large = order.id > 1, eu = matches!(order.region, Region::Eu))
)]
fn by_expression(order: &Order) -> u64 {
    order.id
}

#[trace_request("by_owned", labels(region = order.region, same = order.region_ref()))]
async fn by_owned(order: Order) -> bool {
    order.express
}

#[trace_request("by_pattern", labels(region = region, nested = *nested))]
fn by_pattern(Order { region, .. }: Order, (nested, _): (&Region, u8)) -> bool {
    region == *nested
}

#[tokio::test]
async fn the_type_of_an_expression_is_found() {
    // 2 values of each of 4 labels, in 2 outcomes.
    assert_eq!(
        series("operation_calls_total", &[("operation", "by_expression")]).len(),
        32
    );
    assert_eq!(by_expression(&US), 2);
    let us = [
        ("region", "us"),
        ("same", "us"),
        ("large", "true"),
        ("eu", "false"),
    ];
    assert_eq!(of("by_expression", &us), [("ok", 1), ("panic", 0)]);

    assert_eq!(
        series("operation_calls_total", &[("operation", "by_owned")]).len(),
        12
    );
    assert!(!by_owned(EU).await);
    let eu = [("region", "eu"), ("same", "eu")];
    assert_eq!(
        of("by_owned", &eu),
        [("ok", 1), ("panic", 0), ("cancelled", 0)]
    );

    assert!(!by_pattern(EU, (&Region::Us, 0)));
    let both = [("region", "eu"), ("nested", "us")];
    assert_eq!(of("by_pattern", &both), [("ok", 1), ("panic", 0)]);
}

struct Warehouse {
    region: Region,
}

impl Warehouse {
    #[trace_request("by_field_of_self", labels(region = self.region))]
    fn by_field(&self) -> Region {
        self.region
    }

    #[trace_request("by_written_type", labels(region: Region = self.region))]
    fn by_type(&self) -> Region {
        self.region
    }
}

#[trace_request("by_generic", labels(kind = kind))]
fn by_generic<L: Label>(kind: L) -> usize {
    kind.index()
}

#[test]
fn a_type_that_cannot_be_named_registers_at_the_first_call() {
    let warehouse = Warehouse { region: Region::Us };
    assert!(
        series(
            "operation_calls_total",
            &[("operation", "by_field_of_self")]
        )
        .is_empty()
    );
    assert!(warehouse.by_field() == warehouse.by_type());
    assert_eq!(
        of("by_field_of_self", &[("region", "us")]),
        [("ok", 1), ("error", 0), ("panic", 0)]
    );
    assert!(of("by_field_of_self", &[("region", "eu")]).is_empty());
    assert_eq!(
        of("by_written_type", &[("region", "eu")]),
        [("ok", 0), ("error", 0), ("panic", 0)]
    );
    assert_eq!((by_generic(true), by_generic(Region::Us)), (1, 1));
    assert_eq!(
        of("by_generic", &[("kind", "true")]),
        [("ok", 1), ("panic", 0)]
    );
    assert_eq!(
        of("by_generic", &[("kind", "us")]),
        [("ok", 1), ("panic", 0)]
    );
}

#[trace_request("by_text", labels(tenant = tenant, region = region, id = id, max_series = 3))]
fn by_text(tenant: &str, region: Region, id: &u8) -> Result<(), String> {
    if tenant.is_empty() || region == Region::Us {
        return Err(id.to_string());
    }
    Ok(())
}

#[test]
fn free_text_is_capped() {
    let evil = "quote \" newline \n nul \0 \u{1f4a5}";
    let long = "x".repeat(10_000);
    for n in 0..50u8 {
        let _ = by_text(&format!("tenant-{n}"), Region::Eu, &0);
    }
    let _ = by_text(evil, Region::Us, &1);
    let _ = by_text(&long, Region::Us, &1);
    let found = series("operation_calls_total", &[("operation", "by_text")]);
    // At most 3 tenants x 2 regions x 3 ids x 3 outcomes, and the overflow.
    assert!(found.len() <= 3 * 2 * 3 * 3 + 6 * 3, "{}", found.len());
    let total: u64 = found.iter().map(|series| count(&series.value)).sum();
    assert_eq!(total, 52);
    let overflow = found
        .iter()
        .any(|series| series.label("tenant") == Some("__overflow__"));
    assert!(overflow, "{found:?}");
}

#[counted("shared_label", labels(first = first))]
#[timed("shared_label", labels(second = second))]
fn of_two_attributes(first: bool, second: bool) -> bool {
    first && second
}

#[test]
fn labels_of_siblings_are_joined() {
    assert!(!of_two_attributes(true, false));
    let both = [("first", "true"), ("second", "false")];
    assert_eq!(of("shared_label", &both), [("ok", 1), ("panic", 0)]);
    let snapshot = Registry::global().snapshot();
    let durations = snapshot.family("operation_duration_seconds").unwrap();
    let named = durations
        .series
        .iter()
        .filter(|series| series.label("operation") == Some("shared_label"));
    assert_eq!(named.count(), 8);
}

struct Shelf<Place>(Place);

impl<Place: Label> Shelf<Place> {
    /// An item in a function does not see the generics of the block around it.
    #[timed("by_generic_of_the_block", labels(place: _ = place, free = free))]
    fn at(&self, place: &Place, free: bool) -> &Place {
        assert!(free || place.index() < 2);
        &self.0
    }
}

#[test]
fn a_generic_of_the_block_is_a_label_whose_type_is_left_open() {
    assert_eq!(Shelf(Region::Eu).at(&Region::Us, true).as_str(), "eu");
    assert_eq!(Shelf(false).at(&true, false).as_str(), "false");
    for (place, free) in [("us", "true"), ("true", "false")] {
        assert_eq!(
            outcomes(
                "operation_duration_seconds",
                &[
                    ("operation", "by_generic_of_the_block"),
                    ("place", place),
                    ("free", free)
                ]
            ),
            [("ok", 1), ("panic", 0)]
        );
    }
}
