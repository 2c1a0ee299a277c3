//! Where the endpoints are.

use std::sync::atomic::{
    AtomicBool,
    Ordering::{Acquire, Release},
};
use std::sync::{PoisonError, RwLock};

/// The paths of the endpoints that do not move.
pub(super) const PROBES: [&str; 5] = ["/live", "/ready", "/startup", "/health", GROUP];
/// That of a group of checks.
pub(super) const GROUP: &str = "/health/{group}";

/// The paths that the configuration chooses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paths {
    /// Before every endpoint but the probes and the metrics.
    pub(super) prefix: String,
    /// The metrics.
    pub(super) metrics: String,
}

static ANY_MOUNTED: AtomicBool = AtomicBool::new(false);
static MOUNTED: RwLock<Vec<Paths>> = RwLock::new(Vec::new());

impl Paths {
    /// Whether an endpoint of obs can be at `path`.
    pub(super) fn are_at(&self, path: &str) -> bool {
        path == self.metrics
            || PROBES.contains(&path)
            || is_at(path, "/health")
            || is_at(path, &self.prefix)
    }
}

/// Whether `path` is `base` or below it.
pub(super) fn is_at(path: &str, base: &str) -> bool {
    path.strip_prefix(base)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Notes that a server of the program has the endpoints.
pub(super) fn mount(paths: &Paths) {
    let mut mounted = MOUNTED.write().unwrap_or_else(PoisonError::into_inner);
    if !mounted.contains(paths) {
        mounted.push(paths.clone());
    }
    ANY_MOUNTED.store(true, Release);
}

/// Whether `path` is that of an endpoint in a server of the program.
pub(super) fn is_mounted(path: &str) -> bool {
    ANY_MOUNTED.load(Acquire)
        && MOUNTED
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .any(|paths| paths.are_at(path))
}
