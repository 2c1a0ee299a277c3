//! What holds for any trace, however broken.

use proptest::prelude::*;

use super::*;

/// Spans with few ids and short times, so that they overlap, repeat and form cycles.
fn any_trace() -> impl Strategy<Value = Trace> {
    let span =
        (1..12_u64, 0..14_u64, 0..60_u64, 0..40_u64).prop_map(|(id, parent, start, duration)| {
            super::span((id, parent, start, start + duration))
        });
    prop::collection::vec(span, 1..14).prop_map(trace_of)
}

/// Spans that each have an earlier span as parent: a tree.
fn any_tree() -> impl Strategy<Value = Trace> {
    let span = (any::<prop::sample::Index>(), 0..60_u64, 0..40_u64);
    prop::collection::vec(span, 1..14).prop_map(|parts| {
        let mut spans = vec![super::span((1, 0, 0, 80))];
        for (n, (parent, start, duration)) in parts.into_iter().enumerate() {
            let parent = parent.index(n + 1) as u64 + 1;
            spans.push(super::span((n as u64 + 2, parent, start, start + duration)));
        }
        trace_of(spans)
    })
}

/// The definition word for word: which span is on the path in each nanosecond of the window.
fn model_path(trace: &Trace, span: &SpanData, from: u64, to: u64) -> Vec<SpanId> {
    let part = |child: &SpanData| (child.start_unix_ns.max(from), child.end_unix_ns().min(to));
    let mut children: Vec<_> = trace
        .spans
        .iter()
        .filter(|s| s.parent_id == Some(span.span_id))
        .collect();
    children.sort_by_key(|child| (child.start_unix_ns, child.span_id));

    let mut backwards: Vec<Vec<SpanId>> = Vec::new();
    let mut open_end = to;
    loop {
        // The last to finish; of several the longest, of those the first to start.
        let mut last: Option<(u64, u64, &SpanData)> = None;
        for child in &children {
            let (start, end) = part(child);
            let later = last.is_none_or(|(s, e, _)| end > e || (end == e && start < s));
            if start < end && end <= open_end && later {
                last = Some((start, end, child));
            }
        }
        let Some((start, end, child)) = last else {
            break;
        };
        backwards.push(vec![span.span_id; (open_end - end) as usize]);
        backwards.push(model_path(trace, child, start, end));
        open_end = start;
    }
    backwards.push(vec![span.span_id; (open_end - from) as usize]);
    backwards.into_iter().rev().flatten().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn every_span_has_one_row(trace in any_trace()) {
        let mut shown: Vec<_> = waterfall(&trace).iter().map(|row| std::ptr::from_ref(row.span)).collect();
        let mut spans: Vec<_> = trace.spans.iter().map(std::ptr::from_ref).collect();
        shown.sort();
        spans.sort();
        prop_assert_eq!(shown, spans);
    }

    #[test]
    fn a_row_is_one_deeper_than_its_parent_and_siblings_are_in_order(trace in any_trace()) {
        // The row that is open at each depth.
        let mut open: Vec<Row<'_>> = Vec::new();
        for row in waterfall(&trace) {
            prop_assert!(row.depth <= open.len());
            prop_assert_eq!(trace.start_unix_ns + row.offset_ns, row.span.start_unix_ns);
            if let Some(sibling) = open.get(row.depth).filter(|_| row.depth > 0) {
                prop_assert!(sibling.offset_ns <= row.offset_ns);
            }
            open.truncate(row.depth);
            if let Some(parent) = open.last() {
                prop_assert_eq!(row.span.parent_id, Some(parent.span.span_id));
            }
            open.push(row);
        }
    }

    #[test]
    fn the_path_is_a_line_as_long_as_the_root(trace in any_trace()) {
        let path = critical_path(&trace);
        let root = trace.root_span().unwrap();
        let mut now = root.start_unix_ns;
        for part in &path.segments {
            prop_assert_eq!(trace.start_unix_ns + part.offset_ns, now);
            prop_assert!(part.duration_ns > 0);
            now += part.duration_ns;
            prop_assert!(part.span.start_unix_ns <= now - part.duration_ns && now <= part.span.end_unix_ns());
        }
        prop_assert_eq!(now, root.end_unix_ns());
        prop_assert_eq!(path.duration_ns, root.duration_ns);
    }

    #[test]
    fn the_path_is_the_one_of_the_definition(trace in any_tree()) {
        let root = trace.root_span().unwrap();
        let path = critical_path(&trace).segments;
        let ours: Vec<SpanId> =
            path.iter().flat_map(|part| vec![part.span.span_id; part.duration_ns as usize]).collect();
        prop_assert_eq!(ours, model_path(&trace, root, root.start_unix_ns, root.end_unix_ns()));
    }

    #[test]
    fn own_time_is_when_no_child_runs(trace in any_tree()) {
        let own = |span: &SpanData| {
            let children: Vec<_> = trace.spans.iter().filter(|s| s.parent_id == Some(span.span_id)).collect();
            let runs = |s: &SpanData, at| s.start_unix_ns <= at && at < s.end_unix_ns();
            (0..200).filter(|at| runs(span, *at) && !children.iter().any(|child| runs(child, *at))).count() as u64
        };
        let summary = summary(&trace);
        prop_assert_eq!(summary.service_ns, trace.spans.iter().map(own).sum::<u64>());
        for operation in &summary.operations {
            let spans = trace.spans.iter().filter(|span| span.name == operation.name);
            prop_assert_eq!(operation.own_ns, spans.map(own).sum::<u64>());
        }
        prop_assert_eq!(summary.operations.iter().map(|o| o.calls).sum::<usize>(), summary.spans);
    }
}
