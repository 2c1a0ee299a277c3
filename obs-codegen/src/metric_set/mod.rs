//! `#[derive(Metrics)]`: a struct whose fields are metrics.

mod check;
mod expand;
mod parse;

use obs_schema::option::Target;
use proc_macro2::TokenStream;
use syn::{DeriveInput, Ident, Type, Visibility};

use crate::crate_path::CratePath;
use crate::derive::{Context, Derive, derive};
use crate::diag::Diag;

/// Expands `#[derive(Metrics)]`.
#[must_use]
pub fn derive_metrics(input: TokenStream) -> TokenStream {
    derive::<MetricSet>(input)
}

/// The struct.
struct MetricSet {
    krate: CratePath,
    vis: Visibility,
    ident: Ident,
    /// How many series a family may have.
    series_budget: u64,
    metrics: Vec<Metric>,
}

/// A field.
struct Metric {
    field: Ident,
    ty: Type,
    /// The name of the constant with the definition.
    constant: Ident,
    /// The name with the prefix.
    name: Given<String>,
    help: String,
    unit: Given<String>,
    buckets: Option<Given<Vec<f64>>>,
    objectives: Option<Given<Vec<(f64, f64)>>>,
    max_age_secs: Option<Given<f64>>,
    /// The options that are wrong and have been reported.
    broken: Vec<&'static str>,
}

/// A value, and what to point at in errors about it: the literal, or what it was taken from.
struct Given<T> {
    value: T,
    place: TokenStream,
}

impl Derive for MetricSet {
    const TARGET: Target = Target::MetricsStruct;
    const ATTRIBUTE: &'static str = "metrics";

    fn parse(item: &DeriveInput, context: Context, diag: &mut Diag) -> Option<Self> {
        parse::parse(item, context, diag)
    }

    fn check(&self, diag: &mut Diag) {
        check::check(self, diag);
    }

    fn expand(&self) -> TokenStream {
        expand::expand(self)
    }

    fn stand_in(item: &DeriveInput, _: &CratePath) -> TokenStream {
        expand::stand_in(item)
    }
}
