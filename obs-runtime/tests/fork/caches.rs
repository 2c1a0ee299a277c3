//! The caches of the parent, in a child.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use obs_runtime::cache::{self, Cache, CacheKind, CacheStats, Cleared, Clearing, Pattern};

use crate::child::in_child;

static HELD_UP: AtomicBool = AtomicBool::new(true);
static AT_WORK: AtomicBool = AtomicBool::new(false);

/// A cache whose clearing is held up.
struct Slow;

impl Cache for Slow {
    fn name(&self) -> &str {
        "slow"
    }

    fn stats(&self) -> CacheStats {
        CacheStats::UNKNOWN.entries(1)
    }

    fn clear<'a>(&'a self, _: &'a Pattern) -> Option<Clearing<'a>> {
        AT_WORK.store(true, SeqCst);
        while HELD_UP.load(SeqCst) {
            thread::sleep(Duration::from_millis(1));
        }
        Some(Box::pin(async { Ok(Cleared::all(1)) }))
    }
}

/// A thread that clears a cache at the time of the fork is missing in the child, which clears it by itself.
pub(crate) fn are_cleared_in_a_child() {
    cache::register(Slow).unwrap();
    thread::scope(|scope| {
        let parent = scope.spawn(clear);
        while !AT_WORK.load(SeqCst) {
            thread::yield_now();
        }
        in_child(|| {
            HELD_UP.store(false, SeqCst);
            assert_eq!(cache::statuses()[0].name, "slow");
            assert_eq!(clear(), Ok(Cleared::all(1)));
        });
        assert!(!parent.is_finished());
        assert_eq!(
            clear(),
            Err("it is being cleared already; try again".to_owned())
        );
        HELD_UP.store(false, SeqCst);
        assert_eq!(parent.join().unwrap(), Ok(Cleared::all(1)));
    });
}

fn clear() -> Result<Cleared, String> {
    let all = Pattern::new("*").unwrap();
    let attempt = cache::clear(CacheKind::Memory, None, &all).remove(0);
    attempt.result.map_err(|error| error.to_string())
}
