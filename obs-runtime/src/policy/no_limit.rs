//! Limits of time, and waiting, in a build that cannot tell when a time is over.

use std::future::Future;
use std::time::Duration;

/// A future that can have a limit of time: none in this build.
#[diagnostic::on_unimplemented(
    message = "a `timeout` needs the feature `tokio` of `obs-runtime`",
    label = "nothing tells when the time is over",
    note = "write `obs-runtime = {{ version = \"..\", features = [\"tokio\"] }}`"
)]
pub trait Limited: Future {}

/// What can wait without blocking its thread: nothing in this build.
#[diagnostic::on_unimplemented(
    message = "`wait` and `#[retry]` of an `async` function need the feature `tokio` of `obs-runtime`",
    label = "nothing tells when the time is over",
    note = "write `obs-runtime = {{ version = \"..\", features = [\"tokio\"] }}`"
)]
pub trait Waiting {}

/// Fails the build: nothing could wait.
pub const fn waiting<W: Waiting>() {}

/// Never called: no future is [`Limited`].
pub async fn time_limited<F: Limited>(_limit: Duration, future: F) -> Option<F::Output> {
    Some(future.await)
}

/// There is nothing that tells the time.
pub(crate) const fn has_timer() -> bool {
    false
}

/// Only where there is a timer, so never.
pub(crate) async fn within<F: Future>(_limit: Duration, future: F) -> Option<F::Output> {
    Some(future.await)
}

/// Only where there is a timer, so never.
pub async fn pause(_time: Duration) {}
