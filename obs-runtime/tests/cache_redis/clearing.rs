//! A cache over a connection of the program.

use std::time::{Duration, Instant};

use obs_runtime::cache::{self, Cache, CacheKind, CacheStats, Pattern, Redis};
use redis::aio::MultiplexedConnection;
use redis::cmd;

use super::{all, eventually, set};

const SOON: Duration = Duration::from_secs(60);

fn pattern(text: &str) -> Pattern {
    Pattern::new(text).unwrap()
}

#[tokio::test]
async fn values_are_kept_counted_and_go_by_themselves() {
    let Some(redis) = super::Redis::start() else {
        return;
    };
    let cache = Redis::new("values", "shop:", redis.connect(0).await);
    cache.insert("17", "ada", SOON).await.unwrap();
    cache.insert("18", "bob", Duration::ZERO).await.unwrap();
    let get = async |key| cache.get::<String>(key).await.unwrap();
    assert_eq!(get("17").await.as_deref(), Some("ada"));
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(get("18").await, None);
    assert_eq!(all(&mut redis.connect(0).await).await, ["shop:17"]);
    assert!(cache.remove("17").await.unwrap());
    assert!(!cache.remove("17").await.unwrap());
    assert_eq!(get("17").await, None);
    let stats = cache.stats();
    assert_eq!((stats.hits, stats.misses), (Some(1), Some(2)));

    cache.insert("17", "ada", SOON).await.unwrap();
    let wrong = cache.get::<u64>("17").await;
    assert!(wrong.is_err());
    assert_eq!(cache.stats().hits, Some(1), "an error is neither");
}

#[tokio::test]
async fn many_keys_go_and_those_of_others_stay() {
    let Some(redis) = super::Redis::start() else {
        return;
    };
    let (mut here, mut there) = (redis.connect(0).await, redis.connect(1).await);
    for connection in [&mut here, &mut there] {
        fill(connection, "one:user:", 5_000).await;
        fill(connection, "one:order:", 3_000).await;
        fill(connection, "two:user:", 2_000).await;
    }
    // A key need not be text.
    set(&mut here, &[&b"one:user:\xff\x00"[..]]).await;
    let one = Redis::new("many", "one:", here.clone());
    let cleared = one.clear(&pattern("user:*")).await.unwrap();
    assert_eq!((cleared.entries, cleared.complete), (5_001, true));
    let left = all(&mut here).await;
    assert_eq!(left.len(), 5_000);
    assert!(left.iter().all(|key| !key.starts_with("one:user:")));
    assert_eq!(all(&mut there).await.len(), 10_000, "another database");
    let again = one.clear(&pattern("user:*")).await.unwrap();
    assert_eq!((again.entries, again.complete), (0, true));
}

#[tokio::test]
async fn clearing_never_asks_for_all_keys_at_once() {
    let Some(redis) = super::Redis::start() else {
        return;
    };
    let mut connection = redis.connect(0).await;
    fill(&mut connection, "shop:", 3_000).await;
    let mut reset = cmd("CONFIG");
    let reset = reset.arg("RESETSTAT");
    reset.query_async::<()>(&mut connection).await.unwrap();
    let cache = Redis::new("never", "shop:", connection.clone());
    cache.clear(&pattern("*")).await.unwrap();
    let mut info = cmd("INFO");
    let calls: String = info
        .arg("commandstats")
        .query_async(&mut connection)
        .await
        .unwrap();
    assert!(calls.contains("cmdstat_scan:calls="), "{calls}");
    assert!(calls.contains("cmdstat_unlink:calls="), "{calls}");
    for blocking in ["keys", "del", "flushdb", "flushall"] {
        assert!(!calls.contains(&format!("cmdstat_{blocking}:")), "{calls}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_knows_is_shown_once_it_was_asked() {
    let Some(redis) = super::Redis::start() else {
        return;
    };
    let mut connection = redis.connect(0).await;
    fill(&mut connection, "shop:", 250).await;
    fill(&mut connection, "other:", 50).await;
    let part = Redis::new("part", "shop:", connection.clone());
    let whole = Redis::new("whole", "", connection);
    assert_eq!(part.stats(), CacheStats::UNKNOWN.lookups(0, 0));
    let known = |cache: Redis<MultiplexedConnection>| {
        let look = move || Some(cache.stats()).filter(|stats| stats.entries.is_some());
        tokio::task::spawn_blocking(move || eventually(look))
    };
    let stats = known(part.clone()).await.unwrap();
    assert_eq!((stats.entries, stats.bytes), (Some(250), None));
    part.clear(&pattern("*")).await.unwrap();
    let is_empty = move || Some(part.stats()).filter(|stats| stats.entries == Some(0));
    let cleared = Instant::now();
    let soon = tokio::task::spawn_blocking(move || eventually(is_empty));
    soon.await.unwrap();
    let took = cleared.elapsed();
    assert!(
        took < Duration::from_secs(8),
        "looked at anew after {took:?}"
    );
    let stats = known(whole).await.unwrap();
    assert_eq!((stats.entries, stats.evictions), (Some(50), Some(0)));
    assert!(stats.bytes.unwrap() > 100_000, "{stats:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registered_cache_is_cleared_and_says_when_redis_is_gone() {
    let Some(redis) = super::Redis::start() else {
        return;
    };
    let mut connection = redis.connect(0).await;
    set(&mut connection, &["shop:user:1", "shop:order:1"]).await;
    cache::register(Redis::new("registered", "shop:", connection.clone())).unwrap();
    let clear = || {
        let clear = || cache::clear(CacheKind::Redis, Some("registered"), &pattern("user:*"));
        tokio::task::spawn_blocking(clear)
    };
    let cleared = clear().await.unwrap().remove(0).result.unwrap();
    assert_eq!((cleared.entries, cleared.complete), (1, true));
    assert_eq!(all(&mut connection).await, ["shop:order:1"]);
    drop(redis);
    let error = clear().await.unwrap().remove(0).result.unwrap_err();
    let error = error.to_string();
    assert!(
        error.ends_with("; 0 keys were removed before that"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_a_cluster_keeps_its_keys() {
    let Some(redis) = super::Redis::start_cluster().await else {
        return;
    };
    let mut connection = redis.connect(0).await;
    set(&mut connection, &["shop:user:1", "shop:user:2"]).await;
    let cache = Redis::new("clustered", "shop:", connection.clone());
    let error = cache.clear(&pattern("user:*")).await.unwrap_err();
    let error = error.to_string();
    assert!(error.contains("is part of a Redis cluster"), "{error}");
    let left = all(&mut connection).await;
    assert_eq!(left, ["ready", "shop:user:1", "shop:user:2"]);
    cache.insert("17", "ada", SOON).await.unwrap();
    assert_eq!(cache.stats().entries, None);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(
        cache.stats().entries,
        None,
        "those of one server say little"
    );
}

/// Sets keys with numbers behind a prefix.
async fn fill(connection: &mut MultiplexedConnection, prefix: &str, count: usize) {
    let mut set = cmd("MSET");
    for number in 0..count {
        set.arg(format!("{prefix}{number}")).arg(1);
    }
    set.query_async::<()>(connection).await.unwrap();
}
