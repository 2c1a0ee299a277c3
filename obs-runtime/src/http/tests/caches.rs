//! The endpoints of caches.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use super::*;
use crate::cache::{self, Cache, CacheKind, CacheStats, Cleared, Clearing, Pattern};

/// A set of keys.
struct Keys {
    name: &'static str,
    kind: CacheKind,
    keys: Mutex<BTreeSet<String>>,
}

fn keys(name: &'static str, kind: CacheKind, keys: &[&str]) -> Arc<Keys> {
    let keys = keys.iter().map(|key| (*key).to_owned()).collect();
    let keys = Mutex::new(keys);
    let cache = Arc::new(Keys { name, kind, keys });
    cache::register(cache.clone()).unwrap();
    cache
}

impl Cache for Keys {
    fn name(&self) -> &str {
        self.name
    }

    fn kind(&self) -> CacheKind {
        self.kind
    }

    fn stats(&self) -> CacheStats {
        let entries = self.keys.lock().unwrap().len();
        CacheStats::UNKNOWN.lookups(3, 1).entries(entries as u64)
    }

    fn clear<'a>(&'a self, pattern: &'a Pattern) -> Option<Clearing<'a>> {
        Some(Box::pin(async move {
            let mut keys = self.keys.lock().unwrap();
            if keys.contains("broken") {
                return Err("it is broken".into());
            }
            let gone = keys.extract_if(.., |key| pattern.matches(key)).count();
            Ok(Cleared::all(gone as u64))
        }))
    }
}

async fn clear(server: &Server, kind: &str, body: &str) -> (u16, Value) {
    let url = server.url(&format!("/monitoring/cache/{kind}/clear"));
    let ask = reqwest::Client::new().post(url).body(body.to_owned());
    let ask = ask.header("content-type", "application/json");
    read_json(ask.send().await.unwrap()).await
}

#[tokio::test]
async fn the_status_says_what_each_cache_knows() {
    let server = Server::start();
    keys("the-status", CacheKind::Memory, &["a", "b"]);
    let (status, body) = server.json("/monitoring/cache/status").await;
    assert_eq!(status, 200);
    let caches = body["caches"].as_array().unwrap();
    let own = caches.iter().find(|one| one["cache"] == "the-status");
    let expected = serde_json::json!({
        "cache": "the-status", "kind": "memory", "hits": 3, "misses": 1, "hit_ratio": 0.75,
        "entries": 2, "size_bytes": null, "evictions": null,
    });
    assert_eq!(own, Some(&expected));
}

#[tokio::test]
async fn clearing_is_bounded_by_the_pattern_the_kind_and_the_name() {
    let server = Server::start();
    let (memory, redis) = (CacheKind::Memory, CacheKind::Redis);
    let first = keys("bounded-first", memory, &["bounded:1", "bounded:2", "x"]);
    let second = keys("bounded-second", memory, &["bounded:1"]);
    let other = keys("bounded-redis", redis, &["bounded:1", "bounded:2"]);
    let left = |cache: &Keys| cache.keys.lock().unwrap().len();

    let body = r#"{"pattern": "bounded:*", "cache": "bounded-first"}"#;
    let (status, cleared) = clear(&server, "memory", body).await;
    assert_eq!(status, 200);
    let expected = serde_json::json!({
        "pattern": "bounded:*", "removed": 2, "complete": true,
        "caches": [{"cache": "bounded-first", "removed": 2, "complete": true}],
    });
    assert_eq!(cleared, expected);
    assert_eq!((left(&first), left(&second), left(&other)), (1, 1, 2));

    let body = r#"{"pattern": "bounded:1", "cache": "bounded-redis"}"#;
    let (status, cleared) = clear(&server, "redis", body).await;
    assert_eq!((status, &cleared["removed"]), (200, &1.into()));
    assert_eq!((left(&first), left(&second), left(&other)), (1, 1, 1));
}

#[tokio::test]
async fn without_a_pattern_nothing_is_cleared() {
    let server = Server::start();
    let cache = keys("without-a-pattern", CacheKind::Memory, &["a"]);
    for (body, message) in [
        ("", "`pattern` is missing"),
        (r#"{"pattern": ""}"#, "the pattern is empty"),
        (r#"{"pattern": "a["}"#, "position 2 is not closed"),
        (r#"{"pattern": "a\\"}"#, "ends with `\\`"),
        (r#"{"pattern": ["a"]}"#, "not a string"),
        (r#"{"patern": "a"}"#, "did you mean `pattern`?"),
    ] {
        let (status, answer) = clear(&server, "memory", body).await;
        assert_eq!(status, 400, "{body}");
        let said = answer["message"].as_str().unwrap();
        assert!(said.contains(message), "{said}");
    }
    assert_eq!(cache.keys.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn an_unknown_cache_is_answered_with_those_of_the_kind() {
    let server = Server::start();
    keys("known-in-memory", CacheKind::Memory, &[]);
    keys("known-in-redis", CacheKind::Redis, &[]);
    let body = r#"{"pattern": "none", "cache": "known-in-memory"}"#;
    let (status, answer) = clear(&server, "redis", body).await;
    assert_eq!((status, &answer["error"]), (404, &"not_found".into()));
    let known = answer["known"].as_array().unwrap();
    assert!(known.contains(&"known-in-redis".into()));
    assert!(!known.contains(&"known-in-memory".into()));
}

#[tokio::test]
async fn a_cache_that_fails_is_said_beside_the_others() {
    let server = Server::start();
    keys("that-fails", CacheKind::Redis, &["broken"]);
    keys("that-works", CacheKind::Redis, &["that-works"]);
    let (status, answer) = clear(&server, "redis", r#"{"pattern": "that-*"}"#).await;
    assert_eq!((status, &answer["error"]), (502, &"incomplete".into()));
    assert_eq!(
        (&answer["removed"], &answer["complete"]),
        (&1.into(), &false.into())
    );
    let caches = answer["caches"].as_array().unwrap();
    let failed = serde_json::json!({"cache": "that-fails", "error": "it is broken"});
    assert!(caches.contains(&failed), "{answer}");
}
