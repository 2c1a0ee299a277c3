//! One attempt of a check, on the thread that runs it.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use obs_schema::value::format_duration;

use super::probe::Probe;
use super::status::Health;

/// Looks once; what takes longer than `timeout` is given up, and a panic is a failure.
pub(super) fn attempt(probe: &dyn Probe, timeout: Duration) -> Health {
    let deadline = Instant::now() + timeout;
    let looked = catch_unwind(AssertUnwindSafe(|| wait(probe.probe(), deadline)));
    match looked {
        Ok(Some(health)) => health,
        Ok(None) => too_slow(timeout),
        Err(_) => Health::unhealthy("the check panicked"),
    }
}

pub(super) fn too_slow(timeout: Duration) -> Health {
    Health::unhealthy(format!("no answer within {}", format_duration(timeout)))
}

/// Runs a future on this thread. After the deadline it is dropped: no timer of a runtime is asked for
/// that, because the runtime may be what does not work.
fn wait<F: Future>(future: F, deadline: Instant) -> Option<F::Output> {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return Some(value);
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return None;
        }
        thread::park_timeout(left);
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
