//! Patterns against a plain model. `tests/cache_redis` compares the same patterns with a server.

use proptest::prelude::*;

use crate::cache::{Pattern, PatternError};

/// The rules of Redis, written down as they are told: no cleverness, exponential in the stars.
fn model(pattern: &[u8], key: &[u8]) -> bool {
    match pattern {
        [] => key.is_empty(),
        [b'*', rest @ ..] => (0..=key.len()).any(|skipped| model(rest, &key[skipped..])),
        [b'?', rest @ ..] => !key.is_empty() && model(rest, &key[1..]),
        [b'\\', byte, rest @ ..] => key.first() == Some(byte) && model(rest, &key[1..]),
        [b'[', class @ ..] => {
            let (members, rest) = split_class(class);
            key.first().is_some_and(|byte| is_member(members, *byte)) && model(rest, &key[1..])
        }
        [byte, rest @ ..] => key.first() == Some(byte) && model(rest, &key[1..]),
    }
}

/// What is between the brackets, and what follows.
fn split_class(class: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    while class[at] != b']' {
        at += if class[at] == b'\\' { 2 } else { 1 };
    }
    (&class[..at], &class[at + 1..])
}

fn is_member(members: &[u8], byte: u8) -> bool {
    match members {
        [b'^', rest @ ..] => !is_listed(rest, byte),
        members => is_listed(members, byte),
    }
}

fn is_listed(members: &[u8], byte: u8) -> bool {
    match members {
        [] => false,
        [b'\\', own, rest @ ..] => *own == byte || is_listed(rest, byte),
        [first, b'-', last, rest @ ..] => (*first..=*last).contains(&byte) || is_listed(rest, byte),
        [own, rest @ ..] => *own == byte || is_listed(rest, byte),
    }
}

/// Texts that are full of what has a meaning.
fn pattern() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => "[abc:]",
        2 => Just("*".to_owned()),
        1 => Just("?".to_owned()),
        1 => r"\\[*?\[\]\\^a-]",
        2 => r"\[\^?[abc^-]?(a-c|\\[\]\\^-]|[bc:*?])\]",
        1 => Just("ü".to_owned()),
    ];
    prop::collection::vec(part, 1..8).prop_map(|parts| parts.concat())
}

fn key() -> impl Strategy<Value = String> {
    prop::collection::vec(prop_oneof![8 => "[abc:]", 1 => r"[*?\[\]\\^ü-]"], 0..8)
        .prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn a_pattern_matches_what_the_rules_say(pattern in pattern(), key in key()) {
        if let Ok(read) = Pattern::new(pattern.as_str()) {
            prop_assert_eq!(read.matches(&key), model(pattern.as_bytes(), key.as_bytes()));
        }
    }

    #[test]
    fn an_escaped_text_matches_itself_alone(text in key(), other in key()) {
        let escaped = Pattern::escape(&text);
        if let Ok(pattern) = Pattern::new(escaped) {
            prop_assert!(pattern.matches(&text));
            prop_assert_eq!(pattern.matches(&other), text == other);
        }
    }

    #[test]
    fn no_text_is_too_much(pattern in any::<String>(), key in any::<Vec<u8>>()) {
        if let Ok(read) = Pattern::new(pattern) {
            let _ = read.matches(key);
        }
    }
}

#[test]
fn most_patterns_of_the_property_test_are_patterns() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let mut next = || pattern().new_tree(&mut runner).unwrap().current();
    let good = (0..1_000).filter(|_| Pattern::new(next()).is_ok()).count();
    assert!(good > 700, "{good}");
}

#[test]
fn many_stars_take_no_time() {
    let begin = std::time::Instant::now();
    let pattern = Pattern::new("*a*a*a*a*a*a*a*b").unwrap();
    assert!(!pattern.matches("a".repeat(10_000)));
    assert!(begin.elapsed().as_secs() < 5);
}

#[test]
fn what_could_be_misread_is_refused_with_what_to_write() {
    for (pattern, error, text) in [
        ("", PatternError::Empty, "write `*` for all keys"),
        ("a\\", PatternError::Escape, r"write `\\`"),
        (
            "user:[0-9",
            PatternError::Unclosed { position: 6 },
            "position 6 is not closed",
        ),
        (
            r"[a\",
            PatternError::Unclosed { position: 1 },
            "write `]` behind it",
        ),
        (
            "a[]b",
            PatternError::EmptyClass { position: 2 },
            "position 2 is empty",
        ),
        (
            "a[^]b",
            PatternError::EmptyClass { position: 2 },
            "position 2 is empty",
        ),
        (
            "[z-a]",
            PatternError::Range { position: 2 },
            "such as `a-z`",
        ),
        ("[a-]", PatternError::Range { position: 2 }, r"or `\-`"),
        ("[A-]]", PatternError::Range { position: 2 }, r"or `\-`"),
        ("[A-\\]]", PatternError::Range { position: 2 }, r"or `\-`"),
        (
            "[aü]",
            PatternError::NotAscii { position: 3 },
            "several bytes at position 3",
        ),
        (
            "*a*a*a*a*a*a*a*a*",
            PatternError::TooManyStars,
            "more than 8 `*`",
        ),
    ] {
        let refused = Pattern::new(pattern).unwrap_err();
        assert_eq!(refused, error, "{pattern}");
        assert!(refused.to_string().contains(text), "{refused}");
    }
    assert_eq!(Pattern::new("a".repeat(1_025)), Err(PatternError::TooLong));
    assert!(Pattern::new("*".repeat(1_000)).is_ok(), "`**` is `*`");
}
