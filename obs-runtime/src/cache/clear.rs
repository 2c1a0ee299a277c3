//! Clearing the registered caches.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::AcqRel, Ordering::Release};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::registry::{Entry, all};
use super::{CacheKind, ClearError, Cleared, Pattern};
use crate::{fork, wait};

/// How long clearing a cache may take.
pub const MAX_CLEAR: Duration = Duration::from_secs(20);
/// How much longer a cache is waited for that does not end then, because it blocks.
const GRACE: Duration = Duration::from_secs(1);

/// What became of clearing one cache.
#[derive(Debug)]
pub struct Attempt {
    /// The cache.
    pub name: String,
    /// What went, or why nothing did.
    pub result: Result<Cleared, ClearError>,
}

/// Clears the registered caches of a kind, or the one of them with this name, all at the same time. The caller waits for
/// that, [`MAX_CLEAR`] and a second at the most. Nothing is done twice at once: a cache that is being cleared is
/// left alone.
///
/// ```
/// use obs_runtime::cache::{self, CacheKind, Pattern};
///
/// let users = Pattern::new("user:*")?;
/// for attempt in cache::clear(CacheKind::Memory, None, &users) {
///     println!("{}: {:?}", attempt.name, attempt.result);
/// }
/// # Ok::<(), cache::PatternError>(())
/// ```
pub fn clear(kind: CacheKind, name: Option<&str>, pattern: &Pattern) -> Vec<Attempt> {
    clear_within(MAX_CLEAR, kind, name, pattern)
}

pub(super) fn clear_within(
    limit: Duration,
    kind: CacheKind,
    name: Option<&str>,
    pattern: &Pattern,
) -> Vec<Attempt> {
    let deadline = Instant::now() + limit;
    let chosen = all()
        .into_iter()
        .filter(|entry| entry.kind == kind && name.is_none_or(|name| entry.name == name));
    let begun: Vec<_> = chosen
        .map(|entry| (entry.name.clone(), begin(entry, pattern.clone(), deadline)))
        .collect();
    begun
        .into_iter()
        .map(|(name, begun)| Attempt {
            name,
            result: begun.and_then(|end| wait_for(&end, deadline + GRACE)),
        })
        .collect()
}

type End = Receiver<Result<Cleared, ClearError>>;

/// Lets a thread clear a cache: one that blocks holds up nobody but itself.
fn begin(entry: Arc<Entry>, pattern: Pattern, deadline: Instant) -> Result<End, ClearError> {
    if !entry.turn.take() {
        return Err("it is being cleared already; try again".into());
    }
    let clearing = Clearing(entry);
    let (send, end) = sync_channel(1);
    thread::Builder::new()
        .name("obs-cache-clear".to_owned())
        .spawn(move || {
            let result = run(&clearing.0, &pattern, deadline);
            drop(clearing);
            // Nobody waits any more if it took too long.
            let _ = send.send(result);
        })?;
    Ok(end)
}

fn run(entry: &Entry, pattern: &Pattern, deadline: Instant) -> Result<Cleared, ClearError> {
    #[cfg(feature = "tokio")]
    let _entered = entry.runtime.as_ref().map(tokio::runtime::Handle::enter);
    let run = || match entry.cache.clear(pattern) {
        Some(clearing) => wait::until(deadline, clearing).unwrap_or_else(|| Err(too_slow())),
        None => Err("it cannot be cleared by pattern".into()),
    };
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| Err("it panicked".into()))
}

fn wait_for(end: &End, deadline: Instant) -> Result<Cleared, ClearError> {
    let left = deadline.saturating_duration_since(Instant::now());
    end.recv_timeout(left).unwrap_or_else(|_| Err(too_slow()))
}

fn too_slow() -> ClearError {
    "no end in time".into()
}

/// Whether a thread clears a cache: 0, or 1 more than the generation of the process that has the thread. In a child of
/// `fork` there is none.
#[derive(Debug, Default)]
pub(super) struct Turn(AtomicU32);

impl Turn {
    /// Says whether it is the caller's.
    fn take(&self) -> bool {
        let own = fork::generation() + 1;
        self.0.swap(own, AcqRel) != own
    }
}

/// Gives the turn back.
struct Clearing(Arc<Entry>);

impl Drop for Clearing {
    fn drop(&mut self) {
        self.0.turn.0.store(0, Release);
    }
}
