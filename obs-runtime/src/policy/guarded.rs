//! What a function must return to be guarded, and what its value says about the callee.

use super::rejected::Rejected;
use crate::breaker::Permit;
use crate::outcome::{Class, Outcome};

/// What a guarded function returns: a `Result`.
#[diagnostic::on_unimplemented(
    message = "a guarded function returns a `Result`, this one a `{Self}`",
    label = "no `Result`",
    note = "a call that is not let through has to return something: make it a `Result` whose error implements `From<obs_runtime::Rejected>`"
)]
pub trait Guarded {
    /// The value of a call that went well.
    type Value;
    /// The error.
    type Error;

    /// A call that returns this error.
    fn of_error(error: Self::Error) -> Self;

    /// The error of this call, if it has one.
    fn error(&self) -> Option<&Self::Error>;
}

impl<T, E> Guarded for Result<T, E> {
    type Value = T;
    type Error = E;

    #[inline(always)]
    fn of_error(error: E) -> Self {
        Err(error)
    }

    #[inline(always)]
    fn error(&self) -> Option<&E> {
        self.as_ref().err()
    }
}

/// An error that can say that a call was not let through.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot say that a call was rejected",
    label = "not made from a rejection",
    note = "write `impl From<obs_runtime::Rejected> for {Self}`; if that type is of another crate, return one of your own"
)]
pub trait FromRejected {
    /// The error of a call that was rejected.
    fn from_rejected(rejected: Rejected) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E: From<Rejected>> FromRejected for E {
    #[inline]
    fn from_rejected(rejected: Rejected) -> Self {
        Self::from(rejected)
    }
}

/// The value of a call that was rejected.
#[inline]
pub fn refused<R>(rejected: Rejected) -> R
where
    R: Guarded,
    R::Error: FromRejected,
{
    R::of_error(R::Error::from_rejected(rejected))
}

/// Asks a value for its class. An expansion calls `(&&&ClassOf(&value)).class()`: method lookup takes the first of
/// the traits below that fits the type.
#[derive(Debug)]
pub struct ClassOf<'a, T: ?Sized>(pub &'a T);

/// An error that classifies itself.
pub trait OwnClass {
    /// The class of the value.
    fn class(&self) -> Class;
}

impl<T, E: Outcome> OwnClass for &&ClassOf<'_, Result<T, E>> {
    #[inline(always)]
    fn class(&self) -> Class {
        match self.0 {
            Ok(_) => Class::Ok,
            Err(error) => error.class(),
        }
    }
}

/// Any other error, which is a failure.
pub trait ResultClass {
    /// The class of the value.
    fn class(&self) -> Class;
}

impl<T, E> ResultClass for &ClassOf<'_, Result<T, E>> {
    #[inline(always)]
    fn class(&self) -> Class {
        match self.0 {
            Ok(_) => Class::Ok,
            Err(_) => Class::Failure,
        }
    }
}

/// A value that is no `Result`. That it has to be one is said by [`Guarded`].
pub trait AnyClass {
    /// The class of the value.
    fn class(&self) -> Class;
}

impl<R: ?Sized> AnyClass for ClassOf<'_, R> {
    #[inline(always)]
    fn class(&self) -> Class {
        Class::Ok
    }
}

/// What `ignore` and `record` take. `Fn` is a bound of the trait, so that a closure's parameter needs no type.
#[diagnostic::on_unimplemented(
    message = "`ignore` and `record` take a function from a reference to the error to `bool`",
    label = "not a `fn(&{E}) -> bool`",
    note = "write for example `ignore = |error| error.is_not_found()`"
)]
pub trait ErrorTest<E: ?Sized>: Fn(&E) -> bool {}

impl<E: ?Sized, F: Fn(&E) -> bool> ErrorTest<E> for F {}

/// Applies `record`: an error is a failure exactly if `test` says so.
#[inline(always)]
pub fn recorded<R: Guarded>(class: Class, value: &R, test: impl ErrorTest<R::Error>) -> Class {
    match value.error() {
        None => class,
        Some(error) if test(error) => Class::Failure,
        Some(_) => Class::CallerFault,
    }
}

/// Applies `ignore`: what `test` says is no matter of the callee.
#[inline(always)]
pub fn ignored<R: Guarded>(class: Class, value: &R, test: impl ErrorTest<R::Error>) -> Class {
    match value.error() {
        Some(error) if test(error) => Class::Ignored,
        _ => class,
    }
}

/// Applies `ok_if`.
#[inline(always)]
pub fn class_ok_if<R>(value: &R, test: impl Fn(&R) -> bool) -> Class {
    match test(value) {
        true => Class::Ok,
        false => Class::Failure,
    }
}

/// Applies `error_if`.
#[inline(always)]
pub fn class_error_if<R>(value: &R, test: impl Fn(&R) -> bool) -> Class {
    class_ok_if(value, |value| !test(value))
}

impl Class {
    /// Whether the callee failed.
    #[inline(always)]
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Failure | Self::Retryable)
    }
}

impl Permit<'_> {
    /// Ends the call as the class of its value says.
    #[inline(always)]
    pub fn settle(self, class: Class) {
        match class {
            Class::Ok | Class::CallerFault => self.success(),
            Class::Failure | Class::Retryable => self.failure(),
            Class::Ignored => self.ignore(),
        }
    }
}
