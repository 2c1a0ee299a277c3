//! Did you mean: the known name that is closest to what was typed.

/// Longer names are not compared: nobody mistypes them by a letter or two.
const LIMIT: usize = 48;

/// The known name that was most likely meant by `typed`, if one is close enough.
///
/// Case and the choice between `-` and `_` do not count; a swap of neighbours
/// counts once. Up to a third of the letters may differ.
///
/// ```
/// use obs_schema::suggest;
/// assert_eq!(suggest("treshold", &["timeout", "threshold"]), Some("threshold"));
/// assert_eq!(suggest("Slow-Call", &["slow_call"]), Some("slow_call"));
/// assert_eq!(suggest("colour", &["timeout", "threshold"]), None);
/// ```
#[must_use]
pub const fn suggest<'a>(typed: &str, known: &[&'a str]) -> Option<&'a str> {
    let allowed = if typed.len() <= 2 {
        typed.len() / 2
    } else {
        typed.len().div_ceil(3)
    };
    let mut best = None;
    let mut best_distance = allowed + 1;
    let mut i = 0;
    while i < known.len() {
        if let Some(distance) = distance(typed, known[i])
            && distance < best_distance
            && distance < known[i].len()
        {
            best = Some(known[i]);
            best_distance = distance;
        }
        i += 1;
    }
    best
}

/// How many letters must be changed, added, removed or swapped with their neighbour
/// (optimal string alignment). `None` when a string is too long to compare.
const fn distance(a: &str, b: &str) -> Option<usize> {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() > LIMIT || b.len() > LIMIT {
        return None;
    }
    // Three rows of the usual matrix: a swap looks two rows back.
    let mut before = [0; LIMIT + 1];
    let mut previous = [0; LIMIT + 1];
    let mut row = [0; LIMIT + 1];
    let mut j = 0;
    while j <= b.len() {
        previous[j] = j;
        j += 1;
    }
    let mut i = 1;
    while i <= a.len() {
        row[0] = i;
        let mut j = 1;
        while j <= b.len() {
            let same = fold(a[i - 1]) == fold(b[j - 1]);
            let mut cost = min(previous[j] + 1, row[j - 1] + 1);
            cost = min(cost, previous[j - 1] + if same { 0 } else { 1 });
            if i > 1
                && j > 1
                && fold(a[i - 1]) == fold(b[j - 2])
                && fold(a[i - 2]) == fold(b[j - 1])
            {
                cost = min(cost, before[j - 2] + 1);
            }
            row[j] = cost;
            j += 1;
        }
        before = previous;
        previous = row;
        i += 1;
    }
    Some(previous[b.len()])
}

const fn fold(byte: u8) -> u8 {
    if byte == b'-' {
        b'_'
    } else {
        byte.to_ascii_lowercase()
    }
}

const fn min(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[&str] = &[
        "labels",
        "attributes",
        "slow",
        "buckets",
        "ok_if",
        "error_if",
        "root",
        "parent",
        "kind",
    ];
    const _: () = assert!(suggest("bukets", KNOWN).is_some());

    #[test]
    fn usual_slips_are_recognised() {
        for (typed, meant) in [
            ("label", "labels"),
            ("lables", "labels"),
            ("attribtues", "attributes"),
            ("SLOW", "slow"),
            ("slwo", "slow"),
            ("ok-if", "ok_if"),
            ("okif", "ok_if"),
            ("error_fi", "error_if"),
            ("parents", "parent"),
        ] {
            assert_eq!(suggest(typed, KNOWN), Some(meant), "{typed}");
        }
    }

    #[test]
    fn a_different_word_gets_no_suggestion() {
        for typed in [
            "",
            "x",
            "timeout",
            "half_open_calls",
            "日本語",
            &"a".repeat(10_000),
        ] {
            assert_eq!(suggest(typed, KNOWN), None, "{typed}");
        }
    }

    #[test]
    fn distances() {
        assert_eq!(distance("abc", "abc"), Some(0));
        assert_eq!(distance("abc", "acb"), Some(1));
        assert_eq!(distance("kitten", "sitting"), Some(3));
        assert_eq!(distance("", "abc"), Some(3));
        assert_eq!(distance("a-b", "A_B"), Some(0));
    }

    #[test]
    fn the_closest_wins() {
        assert_eq!(
            suggest("trace", &["tracer", "trace_id", "traces"]),
            Some("tracer")
        );
        assert_eq!(
            suggest("traces", &["tracer", "trace_id", "traces"]),
            Some("traces")
        );
    }
}
