//! Many threads at once.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};

use obs_schema::resilience::{BreakerSettings, Window};

use super::{breaker, fail};
use crate::breaker::{Permit, State};

const D: BreakerSettings = BreakerSettings::DEFAULT;

#[test]
fn at_the_open_edge_exactly_the_permitted_calls_pass() {
    const THREADS: u32 = 8;
    for permits in [1, 3, 5] {
        for _ in 0..30 {
            let breaker = breaker(BreakerSettings {
                failure_threshold: 1,
                recovery_timeout: Duration::from_millis(2),
                half_open_calls: permits,
                ..D
            });
            fail(&breaker);
            let passed = AtomicU32::new(0);
            let all_tried = Barrier::new(THREADS as usize);
            let begin = Instant::now();
            let is_over =
                || passed.load(Relaxed) >= permits || begin.elapsed() > Duration::from_secs(10);
            std::thread::scope(|scope| {
                for _ in 0..THREADS {
                    scope.spawn(|| {
                        let mut permit = None;
                        let mut tries_after = 0;
                        while tries_after < 1_000 {
                            tries_after += u32::from(is_over());
                            if permit.is_none()
                                && let Ok(entered) = breaker.enter()
                            {
                                passed.fetch_add(1, Relaxed);
                                permit = Some(entered);
                            }
                        }
                        // Nobody gives one back before all have tried.
                        all_tried.wait();
                        permit.into_iter().for_each(Permit::success);
                    });
                }
            });
            assert_eq!(passed.into_inner(), permits);
            assert_eq!(breaker.state(), State::Closed);
        }
    }
}

#[test]
fn no_result_is_lost_while_threads_count_into_one_window() {
    const THREADS: u64 = 4;
    const CALLS: u64 = 5_000;
    for window in [
        Window::Count(1_000),
        Window::Time(Duration::from_secs(3_600)),
    ] {
        let breaker = breaker(BreakerSettings {
            min_calls: 1_000,
            failure_rate: 1.0,
            ..BreakerSettings::of_window(window)
        });
        std::thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    for call in 0..CALLS {
                        let permit = breaker.enter().unwrap();
                        match call % 2 {
                            0 => permit.failure(),
                            _ => permit.success(),
                        }
                    }
                });
            }
        });
        let tally = breaker.machine().tally();
        match window {
            Window::Time(_) => {
                assert_eq!(tally.calls, THREADS * CALLS);
                assert_eq!(tally.failed, THREADS * CALLS / 2);
            }
            // Each thread alternates.
            _ => assert!(
                tally.calls == 1_000 && tally.failed.abs_diff(500) <= 4 * THREADS,
                "{tally:?}"
            ),
        }
        assert_eq!(
            breaker.machine().counts()[..2],
            [THREADS * CALLS / 2, THREADS * CALLS / 2]
        );
    }
}
