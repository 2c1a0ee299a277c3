//! The same function on two threads and on one.

use std::sync::Barrier;
use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

use crate::body::{Body, Failed, each};
use crate::case::{Allocations, Case, Finish, Sample};

type Work = fn(u64) -> Result<u64, Failed>;

/// Calls per second of two threads against one.
pub fn case(
    work: Work,
    check: impl FnOnce(u64) -> Result<Finish, String> + 'static,
) -> Box<dyn Case> {
    Box::new(Threads {
        work,
        check: Box::new(check),
        passes: 1,
        calls: 0,
    })
}

struct Threads {
    work: Work,
    check: Box<dyn FnOnce(u64) -> Result<Finish, String>>,
    /// How often a thread passes over the inputs.
    passes: u64,
    calls: u64,
}

impl Threads {
    /// Calls per second of so many threads. They are started, and have called, before the clock runs.
    fn rate(&mut self, threads: usize) -> f64 {
        let (work, passes) = (self.work, self.passes);
        let table = Body::Empty.inputs();
        let ready = Barrier::new(threads);
        let times: Vec<Duration> = std::thread::scope(|scope| {
            let run = || {
                each(&table, work);
                ready.wait();
                let start = Instant::now();
                for _ in 0..passes {
                    each(&table, work);
                }
                start.elapsed()
            };
            let running: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
            let joined = running.into_iter().map(ScopedJoinHandle::join);
            joined.map(|time| time.expect("no thread panics")).collect()
        });
        let per_thread = passes * table.len() as u64;
        self.calls += threads as u64 * (per_thread + table.len() as u64);
        times
            .iter()
            .map(|time| per_thread as f64 / time.as_secs_f64())
            .sum()
    }
}

impl Case for Threads {
    fn warm_up(&mut self, _: Body, slice: Duration) {
        self.passes = 100;
        let calls = self.passes as f64 * crate::body::INPUTS as f64;
        let took = calls / self.rate(1);
        let passes = slice.as_secs_f64() / 2.0 / took * self.passes as f64;
        self.passes = (passes as u64).max(1);
    }

    fn round(&mut self, _: Body) -> Sample {
        Sample {
            base: self.rate(1),
            with: self.rate(2),
        }
    }

    fn allocations(&mut self) -> Allocations {
        Allocations::default()
    }

    fn finish(self: Box<Self>) -> Result<Finish, String> {
        (self.check)(self.calls)
    }
}
