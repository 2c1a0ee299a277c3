//! What the value of an attempt says about another one.

use std::time::Duration;

use crate::outcome::{Class, Outcome};
use crate::policy::fate::Fate;
use crate::policy::guarded::Guarded;

/// What the value of an attempt says about another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// It went well.
    Done,
    /// It would fail again.
    GiveUp,
    /// It may go well later, maybe not before some time.
    Again(Option<Duration>),
}

/// An error that says whether the same call may succeed later.
#[diagnostic::on_unimplemented(
    message = "`#[retry]` does not know which errors of the type `{Self}` are worth another attempt",
    label = "not classified",
    note = "derive `obs_runtime::Outcome` for `{Self}` and mark variants as `retryable`, or write `retry_if = |error| ..`"
)]
pub trait Retryable {
    /// What it means to the callee.
    fn its_class(&self) -> Class;
}

#[diagnostic::do_not_recommend]
impl<E: Outcome> Retryable for E {
    #[inline]
    fn its_class(&self) -> Class {
        self.class()
    }
}

/// What the class of the error says. An error that is none to the callee is one that went well.
#[inline]
pub fn advice<R: Guarded>(value: &R) -> Advice
where
    R::Error: Retryable,
{
    match value.error().map(Retryable::its_class) {
        None | Some(Class::Ok | Class::Ignored) => Advice::Done,
        Some(Class::Retryable) => Advice::Again(None),
        Some(Class::Failure | Class::CallerFault) => Advice::GiveUp,
    }
}

/// Applies `ok_if`, which decides about what the body has given. What it calls an error has to be one to be made again:
/// otherwise nothing says that it may go well later.
#[inline]
pub fn advice_ok_if<R>(advice: Advice, fate: Fate, value: &R, test: impl Fn(&R) -> bool) -> Advice {
    match fate {
        Fate::Rejected | Fate::TimedOut => advice,
        Fate::Ran | Fate::Failed => match (test(value), advice) {
            (true, _) => Advice::Done,
            (false, Advice::Done) => Advice::GiveUp,
            (false, advice) => advice,
        },
    }
}

/// Applies `error_if`.
#[inline]
pub fn advice_error_if<R>(
    advice: Advice,
    fate: Fate,
    value: &R,
    test: impl Fn(&R) -> bool,
) -> Advice {
    advice_ok_if(advice, fate, value, |value| !test(value))
}

/// What `retry_if` takes. `Fn` is a bound of the trait, so that a closure's parameter needs no type.
#[diagnostic::on_unimplemented(
    message = "`retry_if` takes a function from a reference to the error to `bool`",
    label = "not a `fn(&{E}) -> bool`",
    note = "write for example `retry_if = |error| error.is_busy()`"
)]
pub trait RetryTest<E: ?Sized>: Fn(&E) -> bool {}

impl<E: ?Sized, F: Fn(&E) -> bool> RetryTest<E> for F {}

/// Applies `retry_if`.
#[inline]
pub fn retry_if<R: Guarded>(value: &R, test: impl RetryTest<R::Error>) -> Advice {
    match value.error() {
        None => Advice::Done,
        Some(error) if test(error) => Advice::Again(None),
        Some(_) => Advice::GiveUp,
    }
}

/// What `retry_after` takes.
#[diagnostic::on_unimplemented(
    message = "`retry_after` takes a function from a reference to the error to `Option<Duration>`",
    label = "not a `fn(&{E}) -> Option<Duration>`",
    note = "write for example `retry_after = |error| error.retry_after()`"
)]
pub trait TimeOf<E: ?Sized>: Fn(&E) -> Option<Duration> {}

impl<E: ?Sized, F: Fn(&E) -> Option<Duration>> TimeOf<E> for F {}

/// Applies `retry_after`.
#[inline]
pub fn retry_after<R: Guarded>(advice: Advice, value: &R, time: impl TimeOf<R::Error>) -> Advice {
    match (advice, value.error()) {
        (Advice::Again(_), Some(error)) => Advice::Again(time(error)),
        _ => advice,
    }
}
