//! How a returned value is classified.

use std::any::type_name;
use std::fmt::Display;
use std::marker::PhantomData;

pub use obs_schema::def::CallOutcome;

/// What an error means to the callee: derive it for an error enum and give each variant a word.
///
#[cfg_attr(feature = "macros", doc = "```")]
#[cfg_attr(not(feature = "macros"), doc = "```ignore")]
/// use obs_runtime::{Class, Outcome};
///
/// #[derive(Outcome)]
/// enum PayError {
///     #[outcome(caller_fault)]
///     CardDeclined,
///     #[outcome(retryable)]
///     Busy,
///     #[outcome(failure)]
///     Broken,
/// }
///
/// assert_eq!(PayError::Busy.class(), Class::Retryable);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say what its values mean to the callee",
    label = "not classified",
    note = "derive `obs_runtime::Outcome` for it"
)]
pub trait Outcome {
    /// The class of this value.
    fn class(&self) -> Class;
}

impl<T: Outcome + ?Sized> Outcome for &T {
    fn class(&self) -> Class {
        (**self).class()
    }
}

impl<T: Outcome + ?Sized> Outcome for Box<T> {
    fn class(&self) -> Class {
        (**self).class()
    }
}

/// What an error means.
///
/// | class | outcome of the call | span status |
/// |---|---|---|
/// | `Ok` | `ok` | unset |
/// | `Ignored` | `ok` | unset |
/// | `CallerFault` | `ok` | unset, with `error.type` |
/// | `Failure`, `Retryable` | `error` | error |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Not an error at all, for example "nothing found".
    Ok,
    /// The callee failed.
    Failure,
    /// Counts neither for nor against the callee.
    Ignored,
    /// The callee failed, and the same call may succeed later.
    Retryable,
    /// The caller asked for something impossible; the callee is fine.
    CallerFault,
}

impl Class {
    /// How a call ends that returns an error of this class.
    #[must_use]
    pub const fn outcome(self) -> CallOutcome {
        match self {
            Self::Failure | Self::Retryable => CallOutcome::Error,
            Self::Ok | Self::Ignored | Self::CallerFault => CallOutcome::Ok,
        }
    }
}

/// What a returned value says about the call.
#[derive(Clone, Copy)]
pub struct Verdict<'a> {
    pub(crate) outcome: CallOutcome,
    pub(crate) error: Option<&'a dyn ErrorInfo>,
}

/// What is known of an error. One pointer to it and one to its methods: so a call that fails hands over no
/// more than that.
pub(crate) trait ErrorInfo {
    fn type_name(&self) -> &'static str;

    fn message(&self) -> Option<&dyn Display>;
}

impl<E: Display> ErrorInfo for E {
    fn type_name(&self) -> &'static str {
        type_name::<E>()
    }

    fn message(&self) -> Option<&dyn Display> {
        Some(self)
    }
}

/// Stands for an error that says nothing.
struct Silent<E>(PhantomData<fn() -> E>);

impl<E> ErrorInfo for Silent<E> {
    fn type_name(&self) -> &'static str {
        type_name::<E>()
    }

    fn message(&self) -> Option<&dyn Display> {
        None
    }
}

impl std::fmt::Debug for Verdict<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verdict")
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

impl<'a> Verdict<'a> {
    /// The value is fine.
    pub const OK: Self = Self {
        outcome: CallOutcome::Ok,
        error: None,
    };

    /// There is no value: the body unwound.
    pub(crate) const PANIC: Self = Self::without_error(CallOutcome::Panic);

    /// All that is known is the outcome.
    pub(crate) const fn without_error(outcome: CallOutcome) -> Self {
        Self {
            outcome,
            error: None,
        }
    }

    #[inline]
    fn of(class: Class, error: &'a dyn ErrorInfo) -> Self {
        let noted = !matches!(class, Class::Ok | Class::Ignored);
        Self {
            outcome: class.outcome(),
            error: noted.then_some(error),
        }
    }

    /// Overrides the outcome, for `ok_if` and `error_if`.
    #[must_use]
    pub fn with_success(self, success: bool) -> Self {
        match (success, self.outcome) {
            (true, _) => Self::OK,
            (false, CallOutcome::Ok) => Self {
                outcome: CallOutcome::Error,
                ..self
            },
            (false, _) => self,
        }
    }
}

/// Looks at a returned value. An expansion calls `(&&&&&Classify(&value)).verdict()`: method lookup
/// takes the first of the traits below that fits the type, from the most references to none.
#[derive(Debug)]
pub struct Classify<'a, T: ?Sized>(pub &'a T);

macro_rules! classify {
    ($($(#[$doc:meta])* $name:ident($($reference:tt)*) [$($bound:tt)*] |$error:ident| $class:expr, $info:expr;)+) => {$(
        $(#[$doc])*
        pub trait $name<'a> {
            /// The verdict on the value.
            fn verdict(&self) -> Verdict<'a>;
        }

        impl<'a, T, E $($bound)*> $name<'a> for $($reference)* Classify<'a, Result<T, E>> {
            #[inline]
            fn verdict(&self) -> Verdict<'a> {
                match self.0 {
                    Ok(_) => Verdict::OK,
                    Err($error) => Verdict::of($class, $info),
                }
            }
        }
    )+};
}

classify! {
    /// An error that classifies and describes itself.
    ByOutcomeAndDisplay(&&&&) [: Outcome + Display] |error| error.class(), error;
    /// An error that classifies itself.
    ByOutcome(&&&) [: Outcome] |error| error.class(), &Silent::<E>(PhantomData);
    /// An error that describes itself.
    ByDisplay(&&) [: Display] |error| Class::Failure, error;
    /// Any other error.
    ByResult(&) [] |_error| Class::Failure, &Silent::<E>(PhantomData);
}

/// A value that is not a `Result`.
pub trait ByValue<'a> {
    /// The verdict on the value.
    fn verdict(&self) -> Verdict<'a>;
}

impl<'a, T: ?Sized> ByValue<'a> for Classify<'a, T> {
    #[inline]
    fn verdict(&self) -> Verdict<'a> {
        Verdict::OK
    }
}
