//! Limits of time, and waiting. What is waited for passes on the clock that a test has stopped, too.

use std::future::Future;
use std::sync::Once;
use std::time::Duration;

use tokio::runtime::Handle;

use crate::diagnostics;
use crate::hot::clock;

static REPORT: Once = Once::new();

/// A future that can have a limit of time: any, in this build.
pub trait Limited: Future {}

impl<F: Future> Limited for F {}

/// What can wait without blocking its thread: any `async` function, in this build.
pub trait Waiting {}

impl Waiting for () {}

/// Fails the build where nothing could wait.
#[inline(always)]
pub const fn waiting<W: Waiting>() {}

/// What the future gives, if it does so in time. Otherwise it is dropped.
///
/// Without a runtime of tokio there is nothing that could tell the time: then there is no limit.
pub async fn time_limited<F: Future>(limit: Duration, future: F) -> Option<F::Output> {
    if !has_timer() {
        return Some(future.await);
    }
    within(limit, future).await
}

/// Whether there is something that tells the time. It is said once if there is not.
pub(crate) fn has_timer() -> bool {
    let has_timer = Handle::try_current().is_ok();
    if !has_timer {
        REPORT.call_once(|| {
            diagnostics::report(
                "outside of a runtime of tokio `async` functions have no limit of time, and do not wait: \
                 `timeout`, `wait` and `#[retry]` have no effect",
            );
        });
    }
    has_timer
}

/// What the future gives, if it does so in time. Only where there [is a timer](has_timer).
pub(crate) async fn within<F: Future>(limit: Duration, future: F) -> Option<F::Output> {
    let end = clock::virtual_after(limit);
    let value = tokio::time::timeout(limit, future).await.ok();
    if value.is_none() {
        clock::reach(end);
    }
    value
}

/// Waits. Only where there is a timer.
pub async fn pause(time: Duration) {
    if !time.is_zero() {
        let end = clock::virtual_after(time);
        tokio::time::sleep(time).await;
        clock::reach(end);
    }
}
