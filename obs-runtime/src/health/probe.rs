//! What a check does, and what it may say.

use std::any::Any;
use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;

use super::status::{Health, Status};

/// The future of a [`Probe`].
pub type BoxedHealth<'a> = Pin<Box<dyn Future<Output = Health> + 'a>>;

/// Something that can be looked at: a closure that gives a future, or one of the checks of
/// [`ready`](mod@super::ready).
///
/// The future stays on the thread that made it, so it need not be `Send`. It may block: the thread is
/// there for this run alone. When the time limit is over, the future is dropped.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no health check",
    label = "not a check",
    note = "`health::check` takes a closure that returns a future of a `Result`, a `bool`, a `Status` or a `Health`; \
            for one that returns such a value directly write `health::blocking`"
)]
pub trait Probe: Send + Sync + 'static {
    /// Looks once.
    fn probe(&self) -> BoxedHealth<'_>;
}

impl<F, R> Probe for F
where
    F: Fn() -> R + Send + Sync + 'static,
    R: Future<Output: IntoHealth> + 'static,
{
    fn probe(&self) -> BoxedHealth<'_> {
        health_of_future(self())
    }
}

/// What a check may return.
///
/// | value | status |
/// |---|---|
/// | `Ok(value)` | healthy; if `value` is a `bool`, a [`Status`] or a [`Health`], what that says |
/// | `Err(error)` | unhealthy, with the error's text |
/// | `true`, `false` | healthy, unhealthy |
/// | [`Status`], [`Health`] | what it says |
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say whether something is healthy",
    label = "not the result of a health check",
    note = "a health check returns a `Result` whose error is `Display`, a `bool`, a `Status` or a `Health`"
)]
pub trait IntoHealth {
    /// The result.
    fn into_health(self) -> Health;
}

impl IntoHealth for Health {
    fn into_health(self) -> Health {
        self
    }
}

impl IntoHealth for Status {
    fn into_health(self) -> Health {
        match self {
            Self::Healthy => Health::healthy(),
            Self::Degraded => Health::degraded(""),
            Self::Unhealthy => Health::unhealthy(""),
        }
    }
}

impl IntoHealth for bool {
    fn into_health(self) -> Health {
        match self {
            true => Health::healthy(),
            false => Health::unhealthy("the check says no"),
        }
    }
}

impl<T: 'static, E: Display> IntoHealth for Result<T, E> {
    fn into_health(self) -> Health {
        match self {
            Ok(value) => of_value(value),
            Err(error) => Health::unhealthy(error.to_string()),
        }
    }
}

/// A value that says something by itself says it inside `Ok` too; any other is fine.
fn of_value<T: 'static>(value: T) -> Health {
    let mut value = Some(value);
    let any: &mut dyn Any = &mut value;
    if let Some(health) = any.downcast_mut::<Option<Health>>() {
        return health.take().unwrap_or_else(Health::healthy);
    }
    let status = any.downcast_ref::<Option<Status>>().copied().flatten();
    let flag = any.downcast_ref::<Option<bool>>().copied().flatten();
    match (status, flag) {
        (Some(status), _) => status.into_health(),
        (_, Some(flag)) => flag.into_health(),
        _ => Health::healthy(),
    }
}

/// What a function with `#[health_check]` returned.
pub fn health_of<R: IntoHealth>(returned: R) -> Health {
    returned.into_health()
}

/// What the future of a function with `#[health_check]` resolves to.
pub fn health_of_future<'a, R>(future: R) -> BoxedHealth<'a>
where
    R: Future<Output: IntoHealth> + 'a,
{
    Box::pin(async move { future.await.into_health() })
}

/// A probe that returns at once, or blocks until it does.
pub(super) struct Blocking<F>(pub(super) F);

impl<F, R> Probe for Blocking<F>
where
    F: Fn() -> R + Send + Sync + 'static,
    R: IntoHealth,
{
    fn probe(&self) -> BoxedHealth<'_> {
        Box::pin(async { (self.0)().into_health() })
    }
}
