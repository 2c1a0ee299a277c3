//! `#[rate_limit]`, `#[bulkhead]` and `#[timeout]`.

use std::time::Duration;

use obs_schema::resilience::{BulkheadSettings, RateLimitSettings};

use super::{Name, Named, report};
use crate::diag::Diag;
use crate::func::Func;
use crate::operation::Place;
use crate::operation::kind::Part;

pub(super) fn rate(part: &Part, diag: &mut Diag) -> Option<Named<RateLimitSettings>> {
    let default = RateLimitSettings::DEFAULT;
    let calls = int(part, "calls").unwrap_or(default.calls);
    let settings = RateLimitSettings {
        calls,
        per: duration(part, "per").unwrap_or(default.per),
        burst: int(part, "burst").unwrap_or(calls),
        wait: duration(part, "wait").unwrap_or(default.wait),
    };
    report(part, settings.check(), diag);
    named(part, settings)
}

pub(super) fn bulkhead(part: &Part, diag: &mut Diag) -> Option<Named<BulkheadSettings>> {
    let default = BulkheadSettings::DEFAULT;
    let settings = BulkheadSettings {
        concurrent: int(part, "concurrent").unwrap_or(default.concurrent),
        queue: int(part, "queue").unwrap_or(default.queue),
        wait: duration(part, "wait").unwrap_or(default.wait),
    };
    report(part, settings.check(), diag);
    named(part, settings)
}

pub(super) fn timeout(func: &Func, part: &Part, place: &Place) -> Option<Named<Duration>> {
    Some(Named {
        name: own_name(func, part, place),
        settings: duration(part, "limit")?,
    })
}

/// The name that was given, or the path of the function.
pub(super) fn own_name(func: &Func, part: &Part, place: &Place) -> Name {
    match part.options.text("name") {
        Some(name) => Name::Given(name.value.to_owned()),
        None => Name::OfFunction(place.path(func)),
    }
}

pub(super) fn int(part: &Part, name: &str) -> Option<u32> {
    let given = part.options.int(name)?;
    Some(u32::try_from(given.value).unwrap_or(u32::MAX))
}

pub(super) fn duration(part: &Part, name: &str) -> Option<Duration> {
    part.options.duration(name).map(|given| given.value)
}

fn named<S>(part: &Part, settings: S) -> Option<Named<S>> {
    Some(Named {
        name: Name::Given(part.options.text("name")?.value.to_owned()),
        settings,
    })
}
