//! Who was turned away, and why: `obs_http_refused_total`.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Connections that gave their place to another one.
static SILENT: AtomicU64 = AtomicU64::new(0);
/// Connections that waited for a place until there was no more room to wait.
static CROWDED: AtomicU64 = AtomicU64::new(0);
/// Requests with wrong credentials.
static WRONG: AtomicU64 = AtomicU64::new(0);
/// Requests after too many of those.
static LOCKED: AtomicU64 = AtomicU64::new(0);

/// Each reason with its count.
pub(crate) static REFUSED: [(&str, &AtomicU64); 4] = [
    ("silent", &SILENT),
    ("crowded", &CROWDED),
    ("wrong_credentials", &WRONG),
    ("too_many_failures", &LOCKED),
];

pub(super) fn silent() {
    SILENT.fetch_add(1, Relaxed);
}

pub(super) fn crowded() {
    CROWDED.fetch_add(1, Relaxed);
}

pub(super) fn wrong() {
    WRONG.fetch_add(1, Relaxed);
}

pub(super) fn locked() {
    LOCKED.fetch_add(1, Relaxed);
}
