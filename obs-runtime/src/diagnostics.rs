//! Where the framework says that something is wrong with it.
//!
//! It never does so by a panic or an error in the program: a message goes to a
//! hook, by default to standard error, at most a few per minute.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

type Hook = Box<dyn Fn(&str) + Send + Sync>;

static HOOK: RwLock<Option<Hook>> = RwLock::new(None);
static WINDOW: RwLock<Option<Instant>> = RwLock::new(None);
static IN_WINDOW: AtomicU64 = AtomicU64::new(0);
/// Messages so far, those that were held back included.
pub(crate) static MESSAGES: AtomicU64 = AtomicU64::new(0);

/// Messages per [`PERIOD`] that reach the hook.
const BURST: u64 = 10;
const PERIOD: Duration = Duration::from_secs(60);

/// Sends the framework's own messages to `hook` instead of standard error.
///
/// The hook may be called on any thread, also while the framework holds locks: it must not call
/// back into the framework.
pub fn set_hook(hook: impl Fn(&str) + Send + Sync + 'static) {
    *HOOK.write().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(hook));
}

/// Says that something is wrong.
pub(crate) fn report(message: &str) {
    MESSAGES.fetch_add(1, Relaxed);
    if !within_limit() {
        return;
    }
    match HOOK.read().unwrap_or_else(PoisonError::into_inner).as_ref() {
        Some(hook) => hook(message),
        None => {
            use std::io::Write;
            // A closed standard error is no reason to panic, as `eprintln!` would.
            let _ = writeln!(std::io::stderr(), "obs: {message}");
        }
    }
}

fn within_limit() -> bool {
    let mut window = WINDOW.write().unwrap_or_else(PoisonError::into_inner);
    let now = Instant::now();
    if window.is_none_or(|start| now.duration_since(start) >= PERIOD) {
        *window = Some(now);
        IN_WINDOW.store(0, Relaxed);
    }
    IN_WINDOW.fetch_add(1, Relaxed) < BURST
}
