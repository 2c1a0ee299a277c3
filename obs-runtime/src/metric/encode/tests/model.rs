//! Any snapshot, written and read back by a reader that knows nothing of the writer.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;

use super::*;
use crate::metric::snapshot::{Histogram, Summary};

/// A sample: its name, its labels in any order, its value.
type Sample = (String, BTreeMap<String, String>, f64);

fn value_of(kind: Kind) -> BoxedStrategy<Value> {
    match kind {
        Kind::Counter => prop_oneof![
            any::<u32>().prop_map(|n| Value::Counter(u64::from(n))),
            (0.0..1e300).prop_map(Value::FloatCounter),
        ]
        .boxed(),
        Kind::Gauge => any::<f64>().prop_map(Value::Gauge).boxed(),
        Kind::Info => Just(Value::Info).boxed(),
        Kind::Histogram => (btree_set(1u32..1000, 0..6), vec(0u64..1000, 7), 0.0..1e9)
            .prop_map(|(bounds, counts, sum)| {
                let bounds: Vec<f64> = bounds.into_iter().map(|b| f64::from(b) / 100.0).collect();
                let counts = &counts[..=bounds.len()];
                Value::Histogram(Histogram::from_buckets(bounds, counts, sum))
            })
            .boxed(),
        _ => (vec((0.0..=1.0, 0.0..1e9), 0..4), any::<u32>(), 0.0..1e9)
            .prop_map(|(quantiles, count, sum)| {
                let count = u64::from(count);
                Value::Summary(Summary {
                    quantiles,
                    count,
                    sum,
                })
            })
            .boxed(),
    }
}

fn any_label_value() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\"\\\\\n,{}= a]{0,12}",
        Just("x".repeat(10_000)),
        Just("\0".to_owned()),
    ]
}

fn any_family(name: String, kind: Kind) -> impl Strategy<Value = Family> {
    let labels = btree_map("[a-d]{1,3}", any_label_value(), 0..4);
    let series = vec((labels, value_of(kind)), 1..4);
    (series, any::<String>()).prop_map(move |(all, help)| {
        let all = all.into_iter().map(|(labels, value)| Series {
            labels: labels
                .into_iter()
                .map(|(k, v)| (k.into(), v.into()))
                .collect(),
            value,
        });
        let mut family = family(&name, kind, "", all.collect());
        family.help = help.into();
        family
    })
}

fn any_snapshot() -> impl Strategy<Value = Snapshot> {
    let common = btree_map("[a-d]{1,2}", any_label_value(), 0..3);
    let families = (
        any_family("a_total".to_owned(), Kind::Counter),
        any_family("b".to_owned(), Kind::Gauge),
        any_family("c".to_owned(), Kind::Histogram),
        any_family("d_info".to_owned(), Kind::Info),
        any_family("e".to_owned(), Kind::Summary),
    );
    (common, families).prop_map(|(common, (a, b, c, d, e))| Snapshot {
        common: common
            .into_iter()
            .map(|(k, v)| (k.into(), v.into()))
            .collect(),
        families: vec![a, b, c, d, e],
    })
}

/// What the samples of a snapshot must be.
fn expected(snapshot: &Snapshot) -> Vec<Sample> {
    let mut all = Vec::new();
    for family in &snapshot.families {
        for series in &family.series {
            let both = snapshot.common.iter().chain(&series.labels);
            let labels: BTreeMap<String, String> =
                both.map(|(k, v)| (k.to_string(), v.to_string())).collect();
            let mut push = |suffix: &str, extra: Option<(&str, String)>, value: f64| {
                let mut labels = labels.clone();
                labels.extend(extra.map(|(name, text)| (name.to_owned(), text)));
                all.push((format!("{}{suffix}", family.name), labels, value));
            };
            match &series.value {
                Value::Counter(n) => push("", None, *n as f64),
                Value::FloatCounter(x) | Value::Gauge(x) => push("", None, *x),
                Value::Info => push("", None, 1.0),
                Value::Histogram(h) => {
                    let bounds = h.bounds.iter().map(|b| format!("{b:?}"));
                    for (bound, count) in bounds.chain(["+Inf".to_owned()]).zip(&h.counts) {
                        push("_bucket", Some(("le", bound)), *count as f64);
                    }
                    push("_sum", None, h.sum);
                    push("_count", None, h.count() as f64);
                }
                Value::Summary(s) => {
                    for (quantile, value) in &s.quantiles {
                        let mut text = Vec::new();
                        super::super::number::canonical(*quantile, &mut text);
                        let text = String::from_utf8(text).unwrap();
                        push("", Some(("quantile", text)), *value);
                    }
                    push("_sum", None, s.sum);
                    push("_count", None, s.count as f64);
                }
            }
        }
    }
    all
}

/// Reads the samples of an exposition. Panics where a strict parser would refuse it.
fn read(text: &str) -> Vec<Sample> {
    let lines = text
        .split_terminator('\n')
        .filter(|line| !line.starts_with('#'));
    lines.map(read_sample).collect()
}

fn read_sample(line: &str) -> Sample {
    let end = line.find(['{', ' ']).unwrap();
    let (name, mut rest) = line.split_at(end);
    let mut labels = BTreeMap::new();
    if let Some(inner) = rest.strip_prefix('{') {
        rest = inner;
        while !rest.starts_with('}') {
            let (label, after) = rest.split_once("=\"").unwrap();
            let (value, after) = read_quoted(after);
            assert!(labels.insert(label.to_owned(), value).is_none(), "{line}");
            rest = after.strip_prefix(',').unwrap_or(after);
        }
        rest = &rest[1..];
    }
    let value = rest.strip_prefix(' ').unwrap();
    let value = match value {
        "+Inf" => f64::INFINITY,
        "-Inf" => f64::NEG_INFINITY,
        "NaN" => f64::NAN,
        number => number.parse().unwrap(),
    };
    (name.to_owned(), labels, value)
}

/// The text up to the closing quote, and what comes after it.
fn read_quoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &text[at + 1..]),
            '\\' => value.push(match chars.next().unwrap().1 {
                'n' => '\n',
                other @ ('\\' | '"') => other,
                other => panic!("escape {other}"),
            }),
            other => value.push(other),
        }
    }
    panic!("no closing quote in {text}");
}

fn same(a: &[Sample], b: &[Sample]) -> bool {
    let equal = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan());
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|(a, b)| a.0 == b.0 && a.1 == b.1 && equal(a.2, b.2))
}

proptest! {
    #[test]
    fn every_sample_is_read_back(snapshot in any_snapshot()) {
        let found = read(&text(&snapshot, Format::TEXT));
        let expected = expected(&snapshot);
        prop_assert!(same(&found, &expected), "{found:?}\n{expected:?}");
    }

    #[test]
    fn both_formats_say_the_same(snapshot in any_snapshot()) {
        let mut text_samples = read(&text(&snapshot, Format::TEXT));
        let openmetrics = text(&snapshot, Format::OPENMETRICS);
        prop_assert!(openmetrics.ends_with("# EOF\n"));
        let mut samples = read(&openmetrics);
        // The order of a summary's `_sum` and `_count` differs.
        let order = |a: &Sample, b: &Sample| (&a.0, &a.1).cmp(&(&b.0, &b.1));
        samples.sort_by(order);
        text_samples.sort_by(order);
        prop_assert!(same(&samples, &text_samples));
    }

    #[test]
    fn every_line_is_of_a_known_form(snapshot in any_snapshot()) {
        for line in text(&snapshot, Format::OPENMETRICS).split_terminator('\n') {
            let known = ["# TYPE ", "# HELP ", "# EOF", "a_total", "b", "c_", "d_info", "e"];
            prop_assert!(known.iter().any(|start| line.starts_with(start)), "{line}");
        }
    }
}
