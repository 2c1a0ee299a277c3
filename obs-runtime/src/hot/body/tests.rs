use super::*;

/// A segment after a trace with so many spans.
fn used(spans: u64) -> Body {
    let mut body = Body::default();
    let record = Record {
        start: 0,
        end: 1,
        id: 1,
        parent: 0,
        what: What::Named(Text::Static("work"), SpanKind::Internal),
        labels: 0,
        outcome: CallOutcome::Ok,
    };
    (0..spans).for_each(|_| body.push_first(&record));
    body.clear();
    body
}

#[test]
fn segments_keep_their_memory_until_it_is_too_much() {
    let mut small = used(112);
    assert!(small.spans.capacity() >= 112);
    let warm = small.warm;
    small.clear();
    assert_eq!(small.warm, warm, "counted once");

    let large = used(1_000_000);
    assert_eq!((large.capacity(), large.warm), (0, 0));

    let all: Vec<Body> = (0..500).map(|_| used(1025)).collect();
    let kept: usize = all.iter().map(Body::capacity).sum();
    assert_eq!(kept, all.iter().map(|body| body.warm).sum::<usize>());
    assert!(kept <= MAX_WARM_TOTAL && kept > MAX_WARM_TOTAL / 2);
    assert!(WARM.load(Relaxed) <= MAX_WARM_TOTAL);

    // Segments are never dropped, but these were none.
    WARM.fetch_sub(kept + warm, Relaxed);
}
