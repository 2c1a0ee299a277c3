use obs_schema::def::CallOutcome;
use proptest::prelude::*;

use super::super::tests::{span, trace};
use super::*;
use crate::trace::Status;

fn plain(trace: &Trace) -> String {
    let mut out = String::new();
    write(&mut out, trace, Paint { colour: false });
    out
}

#[test]
fn a_trace_is_a_tree_with_durations() {
    let mut root = span(1, 0, "checkout", 0, 120_000_000);
    root.status = Status::Error;
    root.outcome = Some(CallOutcome::Error);
    root.attributes = vec![
        ("region".into(), "eu west".into()),
        ("items".into(), Value::U64(3)),
    ];
    let mut charge = span(3, 1, "charge", 20_000_000, 99_949_000);
    charge.status = Status::Error;
    charge.outcome = Some(CallOutcome::Timeout);
    charge.status_message = Some("no answer\nfrom the bank".into());
    let mut cancelled = span(5, 3, "audit", 22_000_000, 2_999);
    cancelled.outcome = Some(CallOutcome::Cancelled);
    let spans = vec![
        span(2, 1, "load_cart", 1_000_000, 3_204_000),
        span(4, 3, "POST", 21_000_000, 80_000_000),
        cancelled,
        span(6, 4, "dns", 21_000_000, 40),
        charge,
        root,
        span(7, 99, "lost child", 30_000_000, 2_000_000_000),
    ];
    let expected = "\
trace 0af7651916cd43dd8448eb211c80319c  2026-08-06T12:00:00.000000Z  kept: error
  checkout        120ms  error  region=\"eu west\" items=3
  ├─ load_cart   3.20ms  ok
  └─ charge      99.9ms  timeout  no answer\\nfrom the bank
     ├─ POST     80.0ms  ok
     │  └─ dns     40ns  ok
     └─ audit    3.00µs  cancelled
  lost child      2.00s  ok
";
    assert_eq!(plain(&trace(Keep::Error, spans)), expected);
}

#[test]
fn what_is_much_is_cut() {
    let mut root = span(1, 0, "root", 0, 1);
    root.attributes = (0..11)
        .map(|n| (format!("k{n}").into(), "x".repeat(81).into()))
        .collect();
    let mut deep = trace(Keep::Sampled, vec![root]);
    deep.dropped_spans = 4;
    let text = plain(&deep);
    assert!(text.contains("  4 further spans not recorded\n"), "{text}");
    let value = format!("k7={}… and 3 more\n", "x".repeat(80));
    assert!(text.ends_with(&value), "{text}");
    let chain = (1..=1000).map(|n| span(n, n - 1, "step", n, 1)).collect();
    let text = plain(&trace(Keep::Sampled, chain));
    let longest = text.lines().map(|line| line.chars().count()).max();
    assert!(longest < Some(130), "{longest:?}");
    assert_eq!(text.lines().count(), 1001);
}

#[test]
fn colours_change_nothing_else() {
    let mut failed = span(2, 1, "charge", 1, 1);
    failed.status = Status::Error;
    failed.attributes = vec![("card".into(), "visa".into())];
    let trace = trace(Keep::Slow, vec![failed, span(1, 0, "order", 0, 9)]);
    let mut coloured = String::new();
    write(&mut coloured, &trace, Paint { colour: true });
    assert!(
        coloured.contains("\u{1b}[31merror\u{1b}[0m"),
        "{coloured:?}"
    );
    let without = ["\u{1b}[31m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[0m"];
    let text = without
        .iter()
        .fold(coloured, |text, code| text.replace(code, ""));
    assert_eq!(text, plain(&trace));
}

#[test]
fn durations_have_three_digits() {
    for (ns, expected) in [
        (0, "0ns"),
        (999, "999ns"),
        (1_000, "1.00µs"),
        (12_345, "12.3µs"),
        (123_456_789, "123ms"),
        (3_600_000_000_000, "3600s"),
    ] {
        assert_eq!(duration(ns), expected);
    }
}

proptest! {
    #[test]
    fn each_span_is_on_one_line_below_its_parent(
        parents in proptest::collection::vec(any::<prop::sample::Index>(), 1..40),
        name in "\\PC*|[\\x00-\\x1f]{1,5}",
    ) {
        let mut spans = vec![span(1, 0, "root", 0, 100)];
        for (n, parent) in (2..).zip(&parents) {
            let parent = parent.index(n as usize - 1) as u64 + 1;
            let mut child = span(n, parent, "", n, 1);
            child.name = format!("<{n}>{name}").into();
            spans.push(child);
        }
        let text = plain(&trace(Keep::Sampled, spans.clone()));
        let lines: Vec<&str> = text.lines().collect();
        prop_assert_eq!(lines.len(), spans.len() + 1);
        for (n, child) in (2_u64..).zip(&spans[1..]) {
            let parent = child.parent_id.unwrap().get();
            let place = |n: u64| {
                let mark = if n == 1 { "root".to_owned() } else { format!("<{n}>") };
                let line = lines.iter().skip(1).position(|line| line.contains(&mark)).unwrap() + 1;
                let column = lines[line].split(&mark).next().unwrap().chars().count();
                (line, column)
            };
            let ((line, column), (above, parent_column)) = (place(n), place(parent));
            prop_assert!(line > above);
            prop_assert_eq!(column, (parent_column + 3).min(2 + 3 * MAX_DEPTH));
            // The branch leads up to the parent without a gap.
            for between in &lines[above + 1..=line] {
                let glyph = between.chars().nth(parent_column);
                prop_assert!(matches!(glyph, Some('│' | '├' | '└')), "{}", text);
            }
        }
    }
}
