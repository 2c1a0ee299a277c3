//! Registered caches: what is shown of them, and how they are cleared.

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::cache::clear::clear_within;
use crate::cache::*;
use crate::metric::Registry;
use crate::metric::snapshot::Value;

/// A cache that is a map.
struct Map {
    meter: Meter,
    entries: Mutex<BTreeMap<String, u64>>,
}

impl Map {
    fn registered(name: &str, keys: &[&str]) -> (Arc<Self>, Registered) {
        let entries = keys.iter().map(|key| ((*key).to_owned(), 1)).collect();
        let map = Arc::new(Self {
            meter: Meter::new(name),
            entries: Mutex::new(entries),
        });
        (map.clone(), register(map).unwrap())
    }

    fn keys(&self) -> Vec<String> {
        self.entries.lock().unwrap().keys().cloned().collect()
    }
}

impl Cache for Map {
    fn name(&self) -> &str {
        self.meter.name()
    }

    fn stats(&self) -> CacheStats {
        let entries = self.entries.lock().unwrap().len() as u64;
        self.meter.stats().entries(entries)
    }

    fn clear<'a>(&'a self, pattern: &'a Pattern) -> Option<Clearing<'a>> {
        Some(Box::pin(async move {
            let mut entries = self.entries.lock().unwrap();
            let before = entries.len();
            entries.retain(|key, _| !pattern.matches(key));
            Ok(Cleared::all((before - entries.len()) as u64))
        }))
    }
}

/// A cache whose clearing is a closure.
struct Odd(&'static str, fn() -> Option<Clearing<'static>>);

impl Cache for Odd {
    fn name(&self) -> &str {
        self.0
    }

    fn stats(&self) -> CacheStats {
        CacheStats::UNKNOWN
    }

    fn clear<'a>(&'a self, _: &'a Pattern) -> Option<Clearing<'a>> {
        (self.1)()
    }
}

fn cleared(name: &str, pattern: &str) -> Result<Cleared, String> {
    let pattern = Pattern::new(pattern).unwrap();
    only(name, clear(CacheKind::Memory, Some(name), &pattern))
}

fn cleared_within(limit: Duration, name: &str) -> Result<Cleared, String> {
    let pattern = Pattern::new("*").unwrap();
    only(
        name,
        clear_within(limit, CacheKind::Memory, Some(name), &pattern),
    )
}

fn only(name: &str, mut attempts: Vec<Attempt>) -> Result<Cleared, String> {
    assert_eq!(attempts.len(), 1);
    let attempt = attempts.remove(0);
    assert_eq!(attempt.name, name);
    attempt.result.map_err(|error| error.to_string())
}

fn shown(family: &str, cache: &str) -> Option<Value> {
    let snapshot = Registry::global().snapshot();
    let series = &snapshot.family(family)?.series;
    let labels = [
        ("cache".into(), cache.to_owned().into()),
        ("kind".into(), "memory".into()),
    ];
    let found = series.iter().find(|series| series.labels == labels);
    found.map(|series| series.value.clone())
}

#[test]
fn what_a_cache_knows_is_shown_and_nothing_else() {
    let name = "what_a_cache_knows";
    let (map, registered) = Map::registered(name, &["a"]);
    let get = |key| {
        map.meter
            .get(|| map.entries.lock().unwrap().get(key).copied())
    };
    assert_eq!((get("a"), get("b"), get("a")), (Some(1), None, Some(1)));
    assert_eq!(
        shown("cache_hits_total", name),
        Some(Value::FloatCounter(2.0))
    );
    assert_eq!(
        shown("cache_misses_total", name),
        Some(Value::FloatCounter(1.0))
    );
    assert_eq!(
        shown("cache_hit_ratio", name),
        Some(Value::Gauge(2.0 / 3.0))
    );
    assert_eq!(shown("cache_entries", name), Some(Value::Gauge(1.0)));
    assert_eq!(shown("cache_size_bytes", name), None);
    assert_eq!(shown("cache_evictions_total", name), None);
    let durations = Registry::global().snapshot();
    let durations = durations
        .family("cache_operation_duration_seconds")
        .unwrap();
    let labels = [
        ("cache".into(), name.into()),
        ("operation".into(), "get".into()),
    ];
    let get = durations.series.iter().find(|one| one.labels == labels);
    match &get.unwrap().value {
        Value::Histogram(histogram) => assert_eq!(histogram.counts.last(), Some(&3)),
        other => panic!("{other:?}"),
    }
    registered.remove();
    assert_eq!(shown("cache_entries", name), None);
    assert!(statuses().iter().all(|status| status.name != name));
}

#[test]
fn a_name_is_there_once_and_one_that_can_be_read() {
    let (_, registered) = Map::registered("a_name_is_there_once", &[]);
    let again = register(Odd("a_name_is_there_once", || None)).unwrap_err();
    assert_eq!(
        again.to_string(),
        "there is a cache `a_name_is_there_once` already; choose another name"
    );
    for name in ["", "a\nb"] {
        let refused = register(Odd(name, || None)).unwrap_err();
        assert!(refused.to_string().contains("is no name"), "{refused}");
    }
    registered.remove();
    let (_, again) = Map::registered("a_name_is_there_once", &[]);
    again.remove();
}

#[test]
fn clearing_takes_what_matches_and_leaves_the_rest() {
    let name = "clearing_takes_what_matches";
    let (map, _) = Map::registered(name, &["user:1", "user:2", "superuser:1"]);
    assert_eq!(cleared(name, "user:*"), Ok(Cleared::all(2)));
    assert_eq!(map.keys(), ["superuser:1"]);
    assert_eq!(cleared(name, "user:*"), Ok(Cleared::all(0)));
}

#[test]
fn what_goes_wrong_is_said_and_can_be_tried_again() {
    for (name, clear, error) in [
        (
            "cannot-clear",
            (|| None) as fn() -> Option<Clearing<'static>>,
            "it cannot be cleared by pattern",
        ),
        ("panics-at-once", || panic!("broken"), "it panicked"),
        (
            "panics-later",
            || Some(Box::pin(async { panic!("broken") })),
            "it panicked",
        ),
        (
            "fails",
            || Some(Box::pin(async { Err("no disk".into()) })),
            "no disk",
        ),
    ] {
        register(Odd(name, clear)).unwrap();
        for _ in 0..2 {
            assert_eq!(cleared(name, "*"), Err(error.to_owned()));
        }
    }
}

#[test]
fn a_cache_is_cleared_by_one_at_a_time() {
    let name = "a_cache_is_cleared_by_one";
    register(Odd(name, || Some(Box::pin(pending())))).unwrap();
    let begin = Instant::now();
    let (first, second) = std::thread::scope(|scope| {
        let first = scope.spawn(|| cleared_within(Duration::from_secs(3), name));
        std::thread::sleep(Duration::from_millis(300));
        let second = cleared(name, "*");
        assert!(begin.elapsed().as_secs() < 3, "the second does not wait");
        (first.join().unwrap(), second)
    });
    assert_eq!(
        second,
        Err("it is being cleared already; try again".to_owned())
    );
    let late = Err("no end in time".to_owned());
    assert_eq!(first, late);
    assert_eq!(cleared_within(Duration::ZERO, name), late, "its turn again");
}

#[test]
fn a_cache_that_blocks_holds_up_who_clears_it_for_a_while_only() {
    let name = "a_cache_that_blocks";
    let block = || {
        Some(Box::pin(async {
            std::thread::sleep(Duration::from_secs(6));
            Ok(Cleared::all(0))
        }) as _)
    };
    register(Odd(name, block)).unwrap();
    let begin = Instant::now();
    let late = Err("no end in time".to_owned());
    assert_eq!(cleared_within(Duration::from_millis(100), name), late);
    assert!(begin.elapsed().as_secs() < 6, "{:?}", begin.elapsed());
    let again = cleared(name, "*");
    assert_eq!(
        again,
        Err("it is being cleared already; try again".to_owned())
    );
}

#[cfg(feature = "moka")]
#[test]
fn a_cache_of_moka_counts_and_is_cleared() {
    let name = "a_cache_of_moka_counts";
    let builder = ::moka::sync::Cache::builder().max_capacity(1_000);
    let weigher = |_: &u64, value: &String| value.len() as u32;
    let moka = Moka::build(name, builder.weigher(weigher)).weighed_in_bytes();
    register(moka.clone()).unwrap();
    for key in 0..20 {
        moka.insert(key, "x".repeat(10));
    }
    assert_eq!(moka.get(&7).as_deref(), Some("xxxxxxxxxx"));
    assert_eq!(moka.get(&20), None);
    assert_eq!(moka.get_with(20, String::new), "");
    assert_eq!(moka.get_with(20, || unreachable!()), "");
    assert_eq!(cleared(name, "1?"), Ok(Cleared::all(10)));
    assert_eq!((moka.get(&15), moka.remove(&1).is_some()), (None, true));
    let stats = moka.stats();
    assert_eq!((stats.hits, stats.misses), (Some(2), Some(3)));
    assert_eq!((stats.entries, stats.bytes), (Some(10), Some(90)));
    assert_eq!(stats.evictions, Some(0), "what is removed is not evicted");
    for key in 100..400 {
        moka.insert(key, "x".repeat(10));
    }
    let stats = moka.stats();
    assert!(stats.bytes.unwrap() <= 1_000, "{stats:?}");
    assert_eq!(
        stats.evictions,
        Some(310 - stats.entries.unwrap()),
        "{stats:?}"
    );
}

#[cfg(feature = "moka")]
#[tokio::test]
async fn a_cache_of_moka_for_tasks_counts_and_is_cleared() {
    let name = "a_cache_of_moka_for_tasks";
    let moka = AsyncMoka::build(name, ::moka::future::Cache::builder());
    register(moka.clone()).unwrap();
    for key in ["user:1", "user:2", "order:1"] {
        moka.insert(key.to_owned(), 1).await;
    }
    assert_eq!(moka.get("user:1").await, Some(1));
    assert_eq!(moka.get_with("user:3".to_owned(), async { 3 }).await, 3);
    let gone = tokio::task::spawn_blocking(move || cleared(name, "user:[12]"));
    assert_eq!(gone.await.unwrap(), Ok(Cleared::all(2)));
    assert_eq!(moka.get("user:1").await, None);
    assert_eq!(moka.remove("order:1").await, Some(1));
    let stats = moka.stats();
    assert_eq!((stats.hits, stats.misses), (Some(1), Some(2)));
    assert_eq!(stats.entries, Some(1), "what was not used since is counted");
    moka.insert("user:4".to_owned(), 4).await;
    assert_eq!(moka.stats().entries, Some(2));
    assert_eq!(moka.get("user:3").await, Some(3));
}
