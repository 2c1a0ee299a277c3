use super::*;
use std::cell::Cell;

const MANY: &[&str] = &["v"; 300];

const fn finite(name: &'static str, values: &'static [&'static str]) -> LabelDef {
    LabelDef {
        name,
        values: Values::Finite(values),
    }
}

/// A table that numbers its series in the order in which they are created.
struct Numbered {
    table: SeriesTable<u32>,
    next: Cell<u32>,
}

impl Numbered {
    fn new(labels: &'static [LabelDef]) -> Self {
        Self {
            table: SeriesTable::new(labels),
            next: Cell::new(0),
        }
    }

    fn get(&self, key: SeriesKey<'_>) -> Option<u32> {
        self.table
            .get(key, || Some(self.next.replace(self.next.get() + 1)))
    }
}

#[test]
fn a_number_and_the_values_name_the_same_series() {
    const LABELS: &[LabelDef] = &[
        finite("region", &["eu", "us", "ap"]),
        finite("cached", &["no", "yes"]),
    ];
    let series = Numbered::new(LABELS);
    let by_number = series.get(SeriesKey::Index(3));
    assert!(by_number.is_some());
    assert_eq!(series.get(SeriesKey::Values(&["us", "yes"])), by_number);
    assert_ne!(series.get(SeriesKey::Values(&["us", "no"])), by_number);
    assert_eq!(series.get(SeriesKey::Index(6)), None);
    assert_eq!(series.get(SeriesKey::Values(&["mars", "no"])), None);
}

#[test]
fn combinations_that_are_too_many_for_an_array_are_found_by_number_too() {
    const LABELS: &[LabelDef] = &[
        finite("a", MANY),
        finite("b", MANY),
        finite("c", &["x", "y"]),
    ];
    let series = Numbered::new(LABELS);
    let first = series.get(SeriesKey::Index(0));
    assert_eq!(first, Some(0));
    assert_ne!(series.get(SeriesKey::Index(1)), first);
    assert_eq!(series.get(SeriesKey::Index(0)), first);
    assert_eq!(series.get(SeriesKey::Values(&["v", "v", "x"])), first);
}

#[test]
fn values_that_would_read_the_same_together_are_different_series() {
    const LABELS: &[LabelDef] = &[
        LabelDef {
            name: "a",
            values: Values::Capped { max_series: 10 },
        },
        LabelDef {
            name: "b",
            values: Values::Capped { max_series: 10 },
        },
    ];
    let series = Numbered::new(LABELS);
    let one = series.get(SeriesKey::Values(&["ab", "c"]));
    assert_ne!(series.get(SeriesKey::Values(&["a", "bc"])), one);
}

#[test]
fn free_text_beyond_the_cap_shares_one_series_per_finite_value() {
    const LABELS: &[LabelDef] = &[
        LabelDef {
            name: "host",
            values: Values::Capped { max_series: 1 },
        },
        finite("ok", &["no", "yes"]),
    ];
    let series = Numbered::new(LABELS);
    for ok in ["no", "yes"] {
        assert!(series.get(SeriesKey::Values(&["first", ok])).is_some());
    }
    let beyond = series.get(SeriesKey::Values(&["second", "no"]));
    assert_eq!(series.get(SeriesKey::Values(&["third", "no"])), beyond);
    assert_eq!(series.get(SeriesKey::Values(&[OVERFLOW, "no"])), beyond);
    assert_ne!(series.get(SeriesKey::Values(&["third", "yes"])), beyond);
}
