//! The rules that need no types. Those that do are checked by the constants of the expansion.

use obs_schema::Issue;
use obs_schema::bucket::check_duration_buckets;
use obs_schema::name::check_metric_name;
use obs_schema::unit::check_unit_of;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::ExprArray;

use super::{Metric, MetricSet};
use crate::diag::Diag;

pub(super) fn check(set: &MetricSet, diag: &mut Diag) {
    for (at, metric) in set.metrics.iter().enumerate() {
        for (place, issue) in problems(metric) {
            diag.issue_on(place, &issue);
        }
        let mut earlier = set.metrics.iter().take(at);
        if let Some(earlier) = earlier.find(|other| other.name.value == metric.name.value) {
            diag.error_on(
                &metric.name.place,
                format_args!(
                    "the metric `{}` is declared by `{}` already; rename one of them",
                    metric.name.value, earlier.field
                ),
            );
        }
    }
}

/// What is wrong with one metric, each with the tokens to change.
fn problems(metric: &Metric) -> Vec<(TokenStream, Issue)> {
    let mut problems = Vec::new();
    let name = &metric.name;
    if let Err(error) = check_metric_name(&name.value) {
        problems.push((name.place.clone(), error.issue("name")));
    } else if !name.value.ends_with("_info")
        // An info has no unit at all, which its type tells.
        && let Err(error) = check_unit_of(&name.value, &metric.unit.value)
    {
        problems.push((metric.unit.place.clone(), error.issue("unit")));
    }
    if metric.help.is_empty() {
        problems.push((name.place.clone(), missing_help(metric)));
    }
    if let Some(buckets) = &metric.buckets
        && metric.unit.value == "seconds"
        && let Err(error) = check_duration_buckets(&buckets.value)
    {
        let place = element(&buckets.place, error.position());
        problems.push((place, error.issue("buckets")));
    }
    problems
}

/// The element of a list that is wrong, or the list if it is not about one.
fn element(list: &TokenStream, position: Option<usize>) -> TokenStream {
    let parsed = syn::parse2::<ExprArray>(list.clone()).ok();
    let element = parsed
        .zip(position)
        .and_then(|(list, at)| list.elems.into_iter().nth(at));
    element.map_or_else(|| list.clone(), ToTokens::into_token_stream)
}

fn missing_help(metric: &Metric) -> Issue {
    Issue::new(
        "metric.help",
        "help",
        format!("`{}` has no help text", metric.name.value),
        "write a doc comment that says what it counts or measures",
    )
}

/// Whether the mistakes about an option have been reported, so that they are not said twice.
pub(super) fn is_reported(metric: &Metric, option: &str) -> bool {
    // A name that is wrong has no unit to compare with, and one with a wrong unit has no bounds for it.
    let wrong: Vec<String> = problems(metric)
        .into_iter()
        .map(|(_, issue)| issue.path)
        .collect();
    let is_wrong =
        |option: &str| wrong.iter().any(|path| path == option) || metric.broken.contains(&option);
    match option {
        "unit" => is_wrong("unit") || is_wrong("name"),
        "buckets" => is_wrong("buckets") || is_wrong("unit"),
        option => is_wrong(option),
    }
}
