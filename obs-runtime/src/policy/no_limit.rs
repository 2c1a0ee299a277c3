//! A limit of time in a build that cannot tell when it is over.

use std::future::Future;
use std::time::Duration;

/// A future that can have a limit of time: none in this build.
#[diagnostic::on_unimplemented(
    message = "a `timeout` needs the feature `tokio` of `obs-runtime`",
    label = "nothing tells when the time is over",
    note = "write `obs-runtime = {{ version = \"..\", features = [\"tokio\"] }}`"
)]
pub trait Limited: Future {}

/// Never called: no future is [`Limited`].
pub async fn time_limited<F: Limited>(_limit: Duration, future: F) -> Option<F::Output> {
    Some(future.await)
}
