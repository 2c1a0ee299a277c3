//! A limit of time.

use std::future::Future;
use std::sync::Once;
use std::time::Duration;

use tokio::runtime::Handle;

use crate::diagnostics;

static REPORT: Once = Once::new();

/// What the future gives, if it does so in time. Otherwise it is dropped.
///
/// Without a runtime of tokio there is nothing that could tell the time: then there is no limit.
pub async fn time_limited<F: Future>(limit: Duration, future: F) -> Option<F::Output> {
    if Handle::try_current().is_err() {
        REPORT.call_once(|| {
            diagnostics::report("a `timeout` has no effect outside of a runtime of tokio");
        });
        return Some(future.await);
    }
    tokio::time::timeout(limit, future).await.ok()
}
