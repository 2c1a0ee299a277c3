//! Annotated calls while somebody scrapes.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use crate::body::{Body, Failed};
use crate::case::{Allocations, Case, Finish, Sample};
use crate::floor::ticks;

type Work = fn(u64) -> Result<u64, Failed>;
type Scrape = Arc<dyn Fn() + Send + Sync>;

/// Calls of which the percentile is taken.
const CALLS: usize = 200_000;

/// The 99th percentile of a call during scrapes, against idle. Each call is timed by itself, so the
/// time of a clock read is in both.
pub fn case(
    work: Work,
    scrape: impl Fn() + Send + Sync + 'static,
    check: impl FnOnce(u64) -> Result<Finish, String> + 'static,
) -> Box<dyn Case> {
    Box::new(Interference {
        work,
        scrape: Arc::new(scrape),
        check: Box::new(check),
        calls: 0,
    })
}

struct Interference {
    work: Work,
    scrape: Scrape,
    check: Box<dyn FnOnce(u64) -> Result<Finish, String>>,
    calls: u64,
}

impl Interference {
    /// The percentile of [`CALLS`] calls.
    fn percentile(&mut self) -> f64 {
        let mut times: Vec<u64> = Vec::with_capacity(CALLS);
        for input in 0..CALLS as u64 {
            let start = ticks();
            let _ = black_box((self.work)(black_box(input)));
            times.push(ticks() - start);
        }
        self.calls += CALLS as u64;
        let position = CALLS / 100 * 99;
        *times.select_nth_unstable(position).1 as f64
    }

    /// The same while another thread scrapes.
    fn disturbed(&mut self) -> f64 {
        let end = AtomicBool::new(false);
        let scrapes = AtomicU64::new(0);
        let scrape = self.scrape.clone();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !end.load(Relaxed) {
                    scrapes.fetch_add(1, Relaxed);
                    scrape();
                }
            });
            while scrapes.load(Relaxed) == 0 {
                std::thread::yield_now();
            }
            let percentile = self.percentile();
            end.store(true, Relaxed);
            percentile
        })
    }
}

impl Case for Interference {
    fn warm_up(&mut self, _: Body, _: Duration) {
        self.percentile();
        self.disturbed();
    }

    fn round(&mut self, _: Body) -> Sample {
        Sample {
            base: self.percentile(),
            with: self.disturbed(),
        }
    }

    fn allocations(&mut self) -> Allocations {
        Allocations::default()
    }

    fn finish(self: Box<Self>) -> Result<Finish, String> {
        (self.check)(self.calls)
    }
}
