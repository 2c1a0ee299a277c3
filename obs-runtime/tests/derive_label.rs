//! What `#[derive(Label)]` gives.
#![cfg(feature = "macros")]
#![deny(warnings, clippy::pedantic)]
#![forbid(unsafe_code)]

use obs_runtime::{Label, LabelText};

#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
enum Payment {
    Card,
    #[label(rename = "sepa")]
    DirectDebit,
    BankTransfer,
    r#Type,
}

#[test]
fn variants_are_values_in_snake_case() {
    assert_eq!(Payment::VALUES, ["card", "sepa", "bank_transfer", "type"]);
}

#[test]
fn a_value_knows_its_place_and_text() {
    let all = [
        Payment::Card,
        Payment::DirectDebit,
        Payment::BankTransfer,
        Payment::Type,
    ];
    for (at, payment) in all.iter().enumerate() {
        assert_eq!(payment.index(), at);
        assert_eq!(payment.as_str(), Payment::VALUES[at]);
        assert_eq!(payment.label_text(), Payment::VALUES[at]);
    }
}

#[test]
fn a_reference_is_a_label_as_well() {
    assert_eq!((&&Payment::DirectDebit).as_str(), "sepa");
}

#[test]
fn another_case() {
    #[derive(Label)]
    #[label(rename_all = "SCREAMING_SNAKE_CASE")]
    enum Region {
        EuWest1,
        #[label(rename = "us")]
        UsEast,
    }
    assert_eq!(Region::VALUES, ["EU_WEST1", "us"]);
    assert_eq!((Region::EuWest1.index(), Region::UsEast.index()), (0, 1));
}

#[test]
fn explicit_numbers_and_deprecated_variants() {
    #[derive(Label)]
    #[repr(u8)]
    enum Level {
        Low = 10,
        #[deprecated]
        Middle = 5,
    }
    assert_eq!(Level::VALUES, ["low", "middle"]);
    assert_eq!(Level::Low.index(), 0);
    #[allow(deprecated)]
    let middle = Level::Middle;
    assert_eq!(middle.index(), 1);
}

/// Everything that an expansion might name is something else here.
mod shadowed {
    #![allow(dead_code, non_snake_case)]
    pub(crate) struct Result;
    pub(crate) struct Option;
    pub(crate) struct Label;
    pub(crate) fn Some() {}
    pub(crate) fn Ok() {}
    pub(crate) mod core {}
    pub(crate) mod std {}
    pub(crate) mod obs_runtime {}

    #[derive(::obs_runtime::Label)]
    pub(crate) enum Size {
        Small,
        Large,
    }
}

#[test]
fn other_things_of_the_same_names_in_scope() {
    assert_eq!(<shadowed::Size as Label>::VALUES, ["small", "large"]);
    assert_eq!(Label::index(&shadowed::Size::Small), 0);
    assert_eq!(Label::index(&shadowed::Size::Large), 1);
}

/// As a crate that re-exports the runtime looks from outside.
mod facade {
    pub(crate) use obs_runtime as telemetry;
}

#[test]
fn the_runtime_under_another_path() {
    #[derive(::obs_runtime::Label)]
    #[label(crate = crate::facade::telemetry)]
    enum Size {
        Small,
    }
    assert_eq!(Size::VALUES, ["small"]);
    assert_eq!(Size::Small.index(), 0);
}

macro_rules! label {
    ($name:ident { $($variant:ident = $value:literal),+ }) => {
        #[derive(Label)]
        enum $name { $(#[label(rename = $value)] $variant),+ }
    };
}

label!(FromMacro { A = "first", B = "second" });

#[test]
fn inside_a_macro() {
    assert_eq!(FromMacro::VALUES, ["first", "second"]);
    assert_eq!(
        (FromMacro::A.as_str(), FromMacro::B.as_str()),
        ("first", "second")
    );
}
