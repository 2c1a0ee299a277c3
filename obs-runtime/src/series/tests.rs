use std::cell::Cell;
use std::collections::HashMap;
use std::sync::atomic::Ordering::Relaxed;

use proptest::prelude::*;

use super::key::hash;
use super::*;
use crate::hot::body::cut;

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

const FREE: &[LabelDef] = &[
    LabelDef {
        name: "a",
        values: Values::Capped { max_series: 3 },
    },
    finite("b", &["no", "yes"]),
    LabelDef {
        name: "c",
        values: Values::Capped { max_series: 4 },
    },
];

/// What the table does, with nothing but a map.
#[derive(Default)]
struct Model {
    series: HashMap<[String; 3], u32>,
}

impl Model {
    fn get(&mut self, values: [&str; 3]) -> u32 {
        let own = |values: [&str; 3]| values.map(|value| cut(value, MAX_LABEL_BYTES).to_owned());
        let mut key = own(values);
        if self.series.len() >= 24 && !self.series.contains_key(&key) {
            key = own([OVERFLOW, values[1], OVERFLOW]);
        }
        let next = self.series.len() as u32;
        *self.series.entry(key).or_insert(next)
    }
}

fn label_value() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[ab\"\\\\\n,=\0]{0,3}",
        1 => any::<String>(),
        1 => Just("x".repeat(10_000)),
        1 => Just("x".repeat(10_001)),
    ]
}

proptest! {
    /// `spread` is how many different hashes there are: with 1 every lookup collides with every other.
    #[test]
    fn lookups_agree_with_a_map(
        keys in prop::collection::vec((label_value(), any::<bool>(), label_value()), 1..80),
        spread in prop_oneof![Just(1u32), Just(3), Just(u32::MAX)],
    ) {
        let (table, mut model) = (Sparse::new(cap(FREE)), Model::default());
        let next = Cell::new(0);
        for (a, b, c) in &keys {
            let values = [a.as_str(), if *b { "yes" } else { "no" }, c.as_str()];
            let key = Key::new(FREE, &values).unwrap();
            let make = || Some(next.replace(next.get() + 1));
            let found = table.get_hashed(key, |key| hash(key) % spread, make);
            prop_assert_eq!(found, Some(model.get(values)));
        }
        prop_assert_eq!(table.rows.len(), model.series.len());
        for row in table.rows.iter() {
            let labels: Vec<String> = fragment::read(row.fragment).into_iter().map(|l| l.1).collect();
            prop_assert_eq!(model.series.get(<&[String; 3]>::try_from(&labels[..]).unwrap()), Some(&row.value));
        }
    }
}

#[test]
fn threads_that_create_the_same_series_get_the_same() {
    const LABELS: &[LabelDef] = &[LabelDef {
        name: "n",
        values: Values::Capped { max_series: 1000 },
    }];
    let table = SeriesTable::new(LABELS);
    let next = AtomicU64::new(0);
    let look_up = || -> Vec<u64> {
        let all = (0..1200).map(|n| {
            let value = n.to_string();
            let make = || Some(next.fetch_add(1, Relaxed));
            table.get(SeriesKey::Values(&[&value]), make).unwrap()
        });
        all.collect()
    };
    let found: Vec<Vec<u64>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(look_up)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let again = look_up();
    assert_eq!(next.load(Relaxed), 1001);
    let distinct: std::collections::HashSet<_> = again.iter().collect();
    assert_eq!(distinct.len(), 1001, "a thousand and the one for the rest");
    for seen in found {
        // What a thread saw stays what it is.
        assert!(seen[..1000] == again[..1000] && seen[1000..] == again[1000..]);
    }
}
