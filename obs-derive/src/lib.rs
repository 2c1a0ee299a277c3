//! The derive macros of obs: entry points only.
//!
//! `obs-runtime` re-exports them, and documents what they implement.

use proc_macro::TokenStream;

/// Says what each variant of an error means to the callee: `#[outcome(ok)]`, `failure`, `ignored`,
/// `retryable`, `caller_fault`, or `transparent` for the class of the one field.
#[proc_macro_derive(Outcome, attributes(outcome))]
pub fn outcome(item: TokenStream) -> TokenStream {
    obs_codegen::outcome::derive_outcome(item.into()).into()
}

/// Implements `Debug` so that fields with `#[redact]` are hidden.
///
/// | on a field | shown |
/// |---|---|
/// | nothing | its `Debug` |
/// | `#[redact]` | `[redacted]` |
/// | `#[redact(last = 4)]` | `[redacted]` and the last characters of its `Display`, if it is more than twice as long |
/// | `#[redact(with = mask)]` | what `mask(&field)` returns, by its `Display` |
#[proc_macro_derive(Redact, attributes(redact))]
pub fn redact(item: TokenStream) -> TokenStream {
    obs_codegen::redact::derive_redact(item.into()).into()
}

/// Implements `Label` for an enum without fields: `#[label(rename_all = "..")]` on the enum,
/// `#[label(rename = "..")]` on a variant. Values are in snake case.
#[proc_macro_derive(Label, attributes(label))]
pub fn label(item: TokenStream) -> TokenStream {
    obs_codegen::label::derive_label(item.into()).into()
}

/// Implements `Labels` for a struct with one field per label: `#[label(max_series = N)]` caps free
/// text, `#[label(rename = "..")]` names a label. Other fields are types that implement `Label`.
#[proc_macro_derive(Labels, attributes(label))]
pub fn labels(item: TokenStream) -> TokenStream {
    obs_codegen::label_set::derive_labels(item.into()).into()
}

/// Implements `Event` for a struct, and `Labels` with its labels: `#[event(name, level)]` on the struct,
/// `#[event(user)]`, `feature`, `error`, `model`, `tokens_in`, `tokens_out`, `label` and more on a field. The doc
/// comment of the struct is the help text of its counter.
#[proc_macro_derive(Event, attributes(event))]
pub fn event(item: TokenStream) -> TokenStream {
    obs_codegen::event::derive_event(item.into()).into()
}

/// Implements `MetricSet` for a struct of metrics: `#[metrics(prefix = "shop_")]` on the struct,
/// `#[metric(name, unit, buckets, objectives, max_age)]` on a field. The doc comment of a field is
/// the help text of its metric.
#[proc_macro_derive(Metrics, attributes(metrics, metric))]
pub fn metrics(item: TokenStream) -> TokenStream {
    obs_codegen::metric_set::derive_metrics(item.into()).into()
}
