//! What the gauges say.

use super::*;
use crate::metric::snapshot::Value;

/// The value of the only series of a family whose labels are these.
fn value(family: &str, labels: &[(&str, &str)]) -> Option<f64> {
    let snapshot = Registry::global().snapshot();
    let series = &snapshot.family(family)?.series;
    let mut found = series.iter().filter(|series| {
        labels.iter().all(|(name, value)| {
            let mut own = series.labels.iter();
            own.any(|(own, text)| own == name && text.as_ref() == *value)
        })
    });
    let value = match found.next()?.value {
        Value::Gauge(value) => value,
        ref other => panic!("{other:?}"),
    };
    assert!(found.next().is_none(), "{family} {labels:?}");
    Some(value)
}

#[test]
fn a_pool_shows_what_it_knows_until_it_is_removed() {
    let name = "a_pool_shows_what_it_knows";
    let watched = pool(name, || PoolState::new(3, 2).max(8));
    let size = |state| value("pool_size", &[("pool", name), ("state", state)]);
    assert_eq!((size("used"), size("idle")), (Some(3.0), Some(2.0)));
    assert_eq!(value("pool_max_size", &[("pool", name)]), Some(8.0));
    assert_eq!(value("pool_waiting", &[("pool", name)]), None);
    watched.remove();
    assert_eq!(size("used"), None);
}

#[test]
fn queues_and_connections_are_read_at_each_scrape() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    let name = "queues_and_connections";
    let count = Arc::new(AtomicU64::new(4));
    let (depth, open) = (count.clone(), count.clone());
    queue(name, move || {
        QueueState::new(depth.load(Relaxed)).capacity(10)
    });
    connections(name, move || open.load(Relaxed));
    for expected in [4, 7] {
        count.store(expected, Relaxed);
        let expected = Some(expected as f64);
        assert_eq!(value("queue_depth", &[("queue", name)]), expected);
        assert_eq!(value("open_connections", &[("of", name)]), expected);
    }
    assert_eq!(value("queue_capacity", &[("queue", name)]), Some(10.0));
}

#[test]
fn one_that_panics_takes_no_other_along() {
    let (good, bad) = ("one_that_panics_good", "one_that_panics_bad");
    let broken = queue(bad, || -> QueueState { panic!("broken") });
    queue(good, || QueueState::new(1));
    assert_eq!(value("queue_depth", &[("queue", good)]), Some(1.0));
    assert_eq!(value("queue_depth", &[("queue", bad)]), None);
    broken.remove();
}

#[cfg(feature = "tokio")]
#[test]
fn a_channel_is_watched_and_not_kept_open() {
    let name = "a_channel_is_watched";
    let (sender, mut receiver) = tokio::sync::mpsc::channel(5);
    channel(name, &sender);
    sender.try_send(1).unwrap();
    sender.try_send(2).unwrap();
    assert_eq!(value("queue_depth", &[("queue", name)]), Some(2.0));
    assert_eq!(value("queue_capacity", &[("queue", name)]), Some(5.0));
    drop(sender);
    assert_eq!(receiver.blocking_recv(), Some(1));
    assert_eq!(receiver.blocking_recv(), Some(2));
    assert_eq!(receiver.blocking_recv(), None, "nobody else can send");
    assert_eq!(value("queue_depth", &[("queue", name)]), None);
}

#[cfg(feature = "sqlx")]
#[tokio::test]
async fn a_pool_of_sqlx_shows_its_connections_until_it_is_closed() {
    use sqlx::sqlite::SqlitePoolOptions;

    const NAME: &str = "db_client_connection_pool_name";
    let name = "a_pool_of_sqlx";
    let options = SqlitePoolOptions::new().max_connections(3);
    let pool = options.connect_lazy("sqlite::memory:").unwrap();
    sqlx_pool(name, &pool);
    let count = |state| {
        let labels = [(NAME, name), ("db_client_connection_state", state)];
        value("db_client_connections", &labels)
    };
    assert_eq!((count("used"), count("idle")), (Some(0.0), Some(0.0)));
    let held = pool.acquire().await.unwrap();
    assert_eq!((count("used"), count("idle")), (Some(1.0), Some(0.0)));
    // Checked before it is idle again.
    held.close().await.unwrap();
    assert_eq!(count("used"), Some(0.0));
    assert_eq!(
        value("db_client_connection_max", &[(NAME, name)]),
        Some(3.0)
    );
    pool.close().await;
    assert_eq!(count("used"), None);
}
