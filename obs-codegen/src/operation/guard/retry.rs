//! `#[retry]`.

use obs_schema::resilience::RetrySettings;
use syn::Expr;

use super::limits::{duration, int, own_name};
use super::repeat::{self, Repeated, Repetition};
use super::{Name, report};
use crate::diag::Diag;
use crate::func::Func;
use crate::operation::Place;
use crate::operation::kind::Part;

/// What runs a body again.
pub struct Retry {
    /// Its name.
    pub name: Name,
    /// Its settings, which have been checked.
    pub settings: RetrySettings,
    /// A function that says which errors are worth another attempt.
    pub retry_if: Option<Expr>,
    /// A function that gives the time that an error asks for.
    pub retry_after: Option<Expr>,
    /// Parameters of which each attempt has its own.
    pub parameters: Vec<Repeated>,
}

pub(super) fn model(
    func: &Func,
    part: &Part,
    repetition: &Repetition,
    place: &Place,
    diag: &mut Diag,
) -> Retry {
    let expr = |name: &str| part.options.expr(name).map(|given| given.value.clone());
    let settings = settings(part);
    report(part, settings.check(), diag);
    repetition.check(part, diag);
    Retry {
        name: own_name(func, part, place),
        settings,
        retry_if: expr("retry_if"),
        retry_after: expr("retry_after"),
        parameters: repeat::parameters(func, diag),
    }
}

fn settings(part: &Part) -> RetrySettings {
    let default = RetrySettings::DEFAULT;
    let float = |name: &str| part.options.float(name).map(|given| given.value);
    let delay = duration(part, "delay").unwrap_or(default.delay);
    RetrySettings {
        attempts: int(part, "attempts").unwrap_or(default.attempts),
        delay,
        backoff: float("backoff").unwrap_or(default.backoff),
        max_delay: duration(part, "max_delay").unwrap_or(default.max_delay.max(delay)),
        jitter: float("jitter").unwrap_or(default.jitter),
        budget: float("budget").unwrap_or(default.budget),
        deadline: duration(part, "deadline"),
    }
}
