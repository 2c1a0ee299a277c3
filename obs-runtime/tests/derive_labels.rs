//! What `#[derive(Labels)]` gives.
#![cfg(feature = "macros")]
#![deny(warnings, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::borrow::Cow;

use obs_runtime::__private::{LabelDef, Values};
use obs_runtime::{Counter, Family, Label, Labels, Metrics, SeriesKey};

#[derive(Label, Clone, Copy)]
enum Region {
    Eu,
    Us,
    Ap,
}

#[derive(Label, Clone, Copy)]
enum Tier {
    Free,
    Paid,
}

/// The key as text: `#5` for the number of a combination, otherwise the values.
fn key(labels: &impl Labels) -> String {
    labels.with_key(|key| match key {
        SeriesKey::Index(index) => format!("#{index}"),
        SeriesKey::Values(values) => values.join("|"),
    })
}

#[derive(Labels)]
struct Finite {
    region: Region,
    #[label(rename = "plan")]
    tier: Tier,
    cached: bool,
}

#[test]
fn finite_labels_in_the_order_of_the_fields() {
    let expected = [
        LabelDef {
            name: "region",
            values: Values::Finite(&["eu", "us", "ap"]),
        },
        LabelDef {
            name: "plan",
            values: Values::Finite(&["free", "paid"]),
        },
        LabelDef {
            name: "cached",
            values: Values::Finite(&["false", "true"]),
        },
    ];
    assert_eq!(Finite::LABELS, expected);
}

#[test]
fn every_combination_of_finite_labels_has_a_number_of_its_own() {
    let mut keys = Vec::new();
    for region in [Region::Eu, Region::Us, Region::Ap] {
        for tier in [Tier::Free, Tier::Paid] {
            for cached in [false, true] {
                keys.push(key(&Finite {
                    region,
                    tier,
                    cached,
                }));
            }
        }
    }
    let expected: Vec<String> = (0..12).map(|index| format!("#{index}")).collect();
    assert_eq!(keys, expected);
}

#[derive(Labels)]
struct Mixed<'a> {
    #[label(max_series = 100)]
    host: &'a str,
    region: Region,
    #[label(max_series = 20)]
    port: u16,
    #[label(max_series = 5)]
    path: Cow<'a, str>,
}

#[test]
fn text_makes_the_key_a_list_of_values() {
    assert_eq!(Mixed::LABELS[0].values, Values::Capped { max_series: 100 });
    assert_eq!(
        Mixed::LABELS[2],
        LabelDef {
            name: "port",
            values: Values::Capped { max_series: 20 }
        }
    );
    let host = String::from("db-1");
    let labels = Mixed {
        host: &host,
        region: Region::Us,
        port: 5432,
        path: "/x".into(),
    };
    assert_eq!(key(&labels), "db-1|us|5432|/x");
}

#[derive(Labels)]
struct Lookup<'a> {
    #[label(max_series = 10)]
    host: &'a str,
    #[label(max_series = 10)]
    path: Cow<'a, str>,
}

#[derive(Metrics)]
struct Lookups {
    /// Lookups by host and path.
    lookups_total: Family<Counter, Lookup<'static>>,
}

/// The family's type says `'static`; what is looked up lives as long as this call.
fn lookups(host: &str, path: &str) -> Counter {
    Lookups::get().lookups_total.with(&Lookup {
        host,
        path: path.into(),
    })
}

#[test]
fn a_series_is_found_by_what_its_caller_borrows() {
    let kept = {
        let host = String::from("ns-1");
        lookups(&host, &format!("/{host}"))
    };
    kept.inc();
    assert_eq!(lookups("ns-1", "/ns-1").get(), 1);
    assert_eq!(lookups("ns-2", "/ns-1").get(), 0);
}

#[test]
fn generic_sets() {
    #[derive(Labels)]
    struct Generic<'a, L: Label, const N: usize>
    where
        L: Copy,
    {
        first: &'a L,
        second: L,
    }
    assert_eq!(
        Generic::<Region, 1>::LABELS[1].values,
        Values::Finite(&["eu", "us", "ap"])
    );
    let labels = Generic::<Region, 1> {
        first: &Region::Us,
        second: Region::Ap,
    };
    assert_eq!(key(&labels), "#5");
}

#[test]
fn a_capped_enum_and_a_raw_name() {
    #[derive(Labels)]
    struct Raw {
        #[label(max_series = 2)]
        r#type: Tier,
    }
    assert_eq!(Raw::LABELS[0].name, "type");
    assert_eq!(key(&Raw { r#type: Tier::Paid }), "paid");
}

/// Everything that an expansion might name is something else here.
mod shadowed {
    #![allow(dead_code, non_snake_case)]
    pub(crate) struct Result;
    pub(crate) struct Option;
    pub(crate) struct FnOnce;
    pub(crate) fn Some() {}
    pub(crate) mod core {}
    pub(crate) mod std {}
    pub(crate) mod obs_runtime {}
    pub(crate) type R = ();

    #[derive(::obs_runtime::Labels)]
    pub(crate) struct Set {
        pub(crate) on: bool,
        #[label(max_series = 3)]
        pub(crate) text: &'static str,
    }
}

#[test]
fn other_things_of_the_same_names_in_scope() {
    assert_eq!(
        key(&shadowed::Set {
            on: true,
            text: "x"
        }),
        "true|x"
    );
}

mod facade {
    pub(crate) use obs_runtime as telemetry;
}

#[test]
fn the_runtime_under_another_path() {
    #[derive(Labels)]
    #[label(crate = crate::facade::telemetry)]
    struct Set {
        on: bool,
    }
    assert_eq!(key(&Set { on: true }), "#1");
}
