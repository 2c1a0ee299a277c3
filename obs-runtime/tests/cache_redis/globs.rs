//! What obs takes for a match and what Redis does are the same.

use obs_runtime::cache::{Pattern, Redis};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use redis::cmd;

use super::{all, set};

/// Patterns that are tried.
const CASES: usize = 1_500;

/// Keys that are full of what has a meaning in a pattern, and close to each other.
const KEYS: &[&str] = &[
    "a", "b", "c", "ab", "ba", "abc", "a:b", "a:b:c", "user:1", "user:2", "user:12", "user:",
    "users:1", "*", "a*", "a*b", "?", "a?b", "[", "]", "[a]", "a[b]c", "\\", "a\\b", "\\*", "^",
    "a^", "-", "a-c", "ü", "aüb", "", " ", "a b",
];

fn pattern() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => "[abc:1-2]",
        2 => Just("*".to_owned()),
        1 => Just("?".to_owned()),
        1 => Just("user:".to_owned()),
        1 => r"\\[*?\[\]\\^a-]",
        2 => r"\[\^?[abc^-]?(a-c|1-9|\\[\]\\^-]|[bc:*?\[])\]",
        1 => Just("ü".to_owned()),
    ];
    prop::collection::vec(part, 1..6).prop_map(|parts| parts.concat())
}

#[tokio::test]
async fn a_pattern_means_the_same_here_and_there() {
    let Some(redis) = super::Redis::start() else {
        return;
    };
    let mut connection = redis.connect(0).await;
    set(&mut connection, KEYS).await;
    let mut runner = TestRunner::deterministic();
    let (mut compared, mut matched) = (0, 0);
    for _ in 0..CASES {
        let text = pattern().new_tree(&mut runner).unwrap().current();
        let Ok(pattern) = Pattern::new(text.as_str()) else {
            continue;
        };
        // `**` leaves the empty key out.
        let is_all = text.bytes().all(|byte| byte == b'*');
        let asked = if is_all { "*" } else { &text };
        let mut keys = cmd("KEYS");
        let mut there: Vec<String> = keys.arg(asked).query_async(&mut connection).await.unwrap();
        there.sort();
        let mut here: Vec<&str> = KEYS
            .iter()
            .copied()
            .filter(|key| pattern.matches(key))
            .collect();
        here.sort();
        assert_eq!(here, there, "{text}");
        compared += 1;
        matched += here.len();
    }
    assert!(
        compared > CASES / 2 && matched > CASES,
        "{compared} {matched}"
    );
}

/// Whatever the prefix and the pattern are made of, exactly the keys go that the pattern says.
#[tokio::test]
async fn clearing_removes_what_matches_behind_the_prefix_and_nothing_else() {
    let Some(redis) = super::Redis::start() else {
        return;
    };
    let mut connection = redis.connect(0).await;
    let mut runner = TestRunner::deterministic();
    for prefix in ["", "shop:", "a*", "[ab]", "user\\:?"] {
        let cache = Redis::new("clearing_removes", prefix, connection.clone());
        for _ in 0..40 {
            let text = pattern().new_tree(&mut runner).unwrap().current();
            let Ok(pattern) = Pattern::new(text.as_str()) else {
                continue;
            };
            // Those of the cache, and others that look like them.
            let own = KEYS.iter().map(|key| format!("{prefix}{key}"));
            let keys: Vec<String> = own
                .chain(KEYS.iter().map(|key| format!("aa{key}")))
                .collect();
            set(&mut connection, &keys).await;
            let before = all(&mut connection).await;
            let meant = |key: &String| {
                key.strip_prefix(prefix)
                    .is_some_and(|rest| pattern.matches(rest))
            };
            let (gone, stay): (Vec<String>, Vec<String>) = before.into_iter().partition(meant);
            let cleared = cache.clear(&pattern).await.unwrap();
            assert!(cleared.complete);
            assert_eq!(cleared.entries, gone.len() as u64, "{prefix} {text}");
            assert_eq!(all(&mut connection).await, stay, "{prefix} {text}");
        }
    }
}
