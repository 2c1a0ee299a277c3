//! The metrics of a cache.

use std::sync::Arc;

use super::registry::Entry;
use super::stats::CacheStats;
use crate::collect::{Collect, Sink};

/// What a registered cache says of itself. Each is a collector of its own, so that one that panics takes no other along.
#[derive(Debug)]
pub(super) struct CacheMetrics(pub(super) Arc<Entry>);

impl Collect for CacheMetrics {
    fn name(&self) -> &str {
        "cache"
    }

    fn collect(&self, sink: &mut Sink<'_>) {
        let entry = &*self.0;
        let labels = [
            ("cache", entry.name.as_str()),
            ("kind", entry.kind.as_str()),
        ];
        let stats = entry.cache.stats();
        counters(&stats, &labels, sink);
        gauges(&stats, &labels, sink);
    }
}

fn counters(stats: &CacheStats, labels: &[(&'static str, &str)], sink: &mut Sink<'_>) {
    let counters = [
        (
            "cache_hits_total",
            "Lookups of a cache that found something.",
            stats.hits,
        ),
        (
            "cache_misses_total",
            "Lookups of a cache that found nothing.",
            stats.misses,
        ),
        (
            "cache_evictions_total",
            "Entries that went out of a cache to make room or because they were too old.",
            stats.evictions,
        ),
    ];
    for (name, help, count) in counters {
        sink.counter(name, help, "", labels, number(count));
    }
}

fn gauges(stats: &CacheStats, labels: &[(&'static str, &str)], sink: &mut Sink<'_>) {
    let gauges = [
        (
            "cache_hit_ratio",
            "The share of the lookups of a cache since the start that found something.",
            "",
            stats.hit_ratio(),
        ),
        (
            "cache_entries",
            "Entries in a cache.",
            "",
            number(stats.entries),
        ),
        (
            "cache_size_bytes",
            "Memory of the entries in a cache.",
            "bytes",
            number(stats.bytes),
        ),
    ];
    for (name, help, unit, value) in gauges {
        sink.gauge(name, help, unit, labels, value);
    }
}

fn number(count: Option<u64>) -> Option<f64> {
    count.map(|count| count as f64)
}
