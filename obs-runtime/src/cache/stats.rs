//! What is known of a cache.

/// Where a cache keeps its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CacheKind {
    /// In the process.
    Memory,
    /// In Redis.
    Redis,
}

impl CacheKind {
    /// The lower-case word for it: the label `kind`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Redis => "redis",
        }
    }
}

/// What a cache says of itself. What it does not know is `None`, and shown nowhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheStats {
    /// Lookups that found something, since the start.
    pub hits: Option<u64>,
    /// Lookups that found nothing, since the start.
    pub misses: Option<u64>,
    /// Entries that there are.
    pub entries: Option<u64>,
    /// Memory that they take.
    pub bytes: Option<u64>,
    /// Entries that went to make room or because they were too old, since the start.
    pub evictions: Option<u64>,
}

impl CacheStats {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        hits: None,
        misses: None,
        entries: None,
        bytes: None,
        evictions: None,
    };

    /// The same with so many hits and misses.
    #[must_use]
    pub const fn lookups(self, hits: u64, misses: u64) -> Self {
        Self {
            hits: Some(hits),
            misses: Some(misses),
            ..self
        }
    }

    /// The same with so many entries.
    #[must_use]
    pub const fn entries(self, entries: u64) -> Self {
        Self {
            entries: Some(entries),
            ..self
        }
    }

    /// The same with so many bytes.
    #[must_use]
    pub const fn bytes(self, bytes: u64) -> Self {
        Self {
            bytes: Some(bytes),
            ..self
        }
    }

    /// The same with so many evictions.
    #[must_use]
    pub const fn evictions(self, evictions: u64) -> Self {
        Self {
            evictions: Some(evictions),
            ..self
        }
    }

    /// The share of lookups that found something, 0 to 1; `None` before the first.
    ///
    /// ```
    /// use obs_runtime::cache::CacheStats;
    ///
    /// assert_eq!(CacheStats::UNKNOWN.lookups(3, 1).hit_ratio(), Some(0.75));
    /// assert_eq!(CacheStats::UNKNOWN.lookups(0, 0).hit_ratio(), None);
    /// ```
    #[must_use]
    pub fn hit_ratio(&self) -> Option<f64> {
        let (hits, misses) = (self.hits? as f64, self.misses? as f64);
        (hits + misses > 0.0).then(|| hits / (hits + misses))
    }
}
