//! What programs rely on: exact numbers, distinct series, nothing that can fail.

#[cfg(feature = "export")]
mod ends;
mod exemplars;
mod handles;
mod operations;
mod quantiles;
mod registering;
mod sources;

use obs_schema::def::{LabelDef, MetricDef, MetricKind, Values};

use super::snapshot::{Snapshot, Value};
use crate::series::SeriesKey;
use crate::{Label, LabelText, Labels};

pub(super) const fn define(name: &'static str, kind: MetricKind) -> MetricDef {
    MetricDef::new(name, "A metric of the tests.", kind)
}

pub(super) fn leak(def: MetricDef) -> &'static MetricDef {
    Box::leak(Box::new(def))
}

/// The value of the series with exactly these labels.
#[track_caller]
pub(super) fn value(snapshot: &Snapshot, name: &str, labels: &[(&str, &str)]) -> Value {
    let family = snapshot.family(name);
    let family = family.unwrap_or_else(|| panic!("no family `{name}`"));
    let series = family.with(labels);
    let series = series.unwrap_or_else(|| panic!("no series {labels:?} in {family:?}"));
    series.value.clone()
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Color {
    Red,
    Blue,
}

impl Label for Color {
    const VALUES: &'static [&'static str] = &["red", "blue"];

    fn index(&self) -> usize {
        *self as usize
    }
}

/// Labels as the derive writes them, all finite.
pub(super) struct Finite(pub(super) Color, pub(super) bool);

impl Labels for Finite {
    const LABELS: &'static [LabelDef] = &[
        LabelDef {
            name: "color",
            values: Values::Finite(Color::VALUES),
        },
        LabelDef {
            name: "big",
            values: Values::Finite(bool::VALUES),
        },
    ];

    fn with_key<R>(&self, use_key: impl FnOnce(SeriesKey<'_>) -> R) -> R {
        use_key(SeriesKey::Index(self.0.index() * 2 + self.1.index()))
    }
}

/// Labels as the derive writes them, of free text, at most three series.
pub(super) struct Free<'a>(pub(super) &'a str, pub(super) &'a str);

impl Labels for Free<'_> {
    const LABELS: &'static [LabelDef] = &[
        LabelDef {
            name: "user",
            values: Values::Capped { max_series: 3 },
        },
        LabelDef {
            name: "item",
            values: Values::Capped { max_series: 1 },
        },
    ];

    fn with_key<R>(&self, use_key: impl FnOnce(SeriesKey<'_>) -> R) -> R {
        use_key(SeriesKey::Values(&[
            &self.0.label_text(),
            &self.1.label_text(),
        ]))
    }
}
