//! `#[health_check]`: a function that says whether something is well, run by obs in the background.
//!
//! The function stays as it is. What is added stands in front of its body: the definition, and a line for the
//! linker by which the runtime finds it.

mod check;
mod expand;

use obs_schema::health::{CheckSettings, HealthKind};
use obs_schema::option::Target;
use proc_macro2::TokenStream;

use crate::crate_path::CratePath;
use crate::diag::Diag;
use crate::fallback::with_errors;
use crate::func::Func;
use crate::operation::errors;
use crate::options::Options;

/// A function that is a check.
struct HealthCheck {
    krate: CratePath,
    func: Func,
    name: String,
    /// The group that it is in, or empty.
    group: String,
    /// Whose calls say how it is, or empty.
    traffic: String,
    settings: CheckSettings,
}

/// Expands `#[health_check(..)]`.
#[must_use]
pub fn attribute(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut diag = Diag::new();
    let options = Options::parse(Target::HealthCheck, arguments, &mut diag);
    let model = check::function(&item, &mut diag).and_then(|func| model(func, &options, &mut diag));
    match model {
        Some(model) if diag.is_empty() => expand::expand(&model),
        _ => with_errors(item, &[], errors(diag)),
    }
}

/// Resolves the options. `None` only if there is no name.
fn model(func: Func, options: &Options, diag: &mut Diag) -> Option<HealthCheck> {
    let krate = CratePath::of(options, diag);
    let settings = settings(options);
    check::signature(&func, &settings, diag);
    let text = |name| options.text(name).map_or("", |given| given.value);
    let (group, traffic) = (text("group"), text("traffic"));
    check::settings(&settings, traffic, options, diag);
    Some(HealthCheck {
        krate,
        func,
        name: options.text("name")?.value.to_owned(),
        group: group.to_owned(),
        traffic: traffic.to_owned(),
        settings,
    })
}

fn settings(options: &Options) -> CheckSettings {
    let default = CheckSettings::DEFAULT;
    let duration = |name| options.duration(name).map(|given| given.value);
    let number = |name, otherwise| {
        let given = options.int(name).map(|given| given.value);
        given
            .and_then(|given| u32::try_from(given).ok())
            .unwrap_or(otherwise)
    };
    let kind = options
        .text("kind")
        .map(|kind| HealthKind::parse(kind.value));
    CheckSettings {
        kind: kind.and_then(Result::ok).unwrap_or(default.kind),
        critical: options
            .bool("critical")
            .map_or(default.critical, |given| given.value),
        timeout: duration("timeout"),
        interval: duration("interval"),
        initial_delay: duration("initial_delay").unwrap_or(default.initial_delay),
        retries: number("retries", default.retries),
        unhealthy_threshold: number("unhealthy_threshold", default.unhealthy_threshold),
        healthy_threshold: number("healthy_threshold", default.healthy_threshold),
    }
}
