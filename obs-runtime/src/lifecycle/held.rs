//! What a running service holds for the whole program: its collectors, and that spans are recorded.
//!
//! It is not in [`Running`](super::Running), because a child of `fork` that starts takes the place of what the
//! parent had started, wherever the value for that is.

use std::sync::{Mutex, PoisonError};

use super::metrics::Collectors;
use crate::callsite::SpansWanted;
use crate::fork;

static HELD: Mutex<Option<Held>> = Mutex::new(None);

#[derive(Debug)]
struct Held {
    /// The process that has started it.
    process: u32,
    #[expect(dead_code, reason = "held for what its end does")]
    collectors: Collectors,
    #[expect(dead_code, reason = "held for what its end does")]
    spans: Option<SpansWanted>,
}

/// Ends what was held before, by the process that this one was forked from.
pub(super) fn clear() {
    replace(None);
}

/// Holds this until [`release`].
pub(super) fn hold(collectors: Collectors, spans: Option<SpansWanted>) {
    replace(Some(Held {
        process: fork::generation(),
        collectors,
        spans,
    }));
}

/// Ends what `process` has started, if it is still held.
pub(super) fn release(process: u32) {
    let ended = {
        let mut held = lock();
        held.take_if(|held| held.process == process)
    };
    drop(ended);
}

fn replace(new: Option<Held>) {
    let former = std::mem::replace(&mut *lock(), new);
    // The collectors' own destructors run without the lock.
    drop(former);
}

fn lock() -> std::sync::MutexGuard<'static, Option<Held>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}
