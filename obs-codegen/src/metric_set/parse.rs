//! From the struct to the model.

use obs_schema::cardinality::DEFAULT_SERIES_BUDGET;
use obs_schema::option::{Target, options_of};
use obs_schema::unit::unit_in_name;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::{DeriveInput, Field, Ident};

use super::{Given, Metric, MetricSet};
use crate::derive::Context;
use crate::diag::Diag;
use crate::docs::help_text;
use crate::options::{self, Options};
use crate::shape;

pub(super) fn parse(item: &DeriveInput, context: Context, diag: &mut Diag) -> Option<MetricSet> {
    let instead = "write a struct with one field per metric, such as `orders_total: Counter`";
    let fields = shape::named_fields(item, "Metrics", instead, diag)?;
    if !item.generics.params.is_empty() {
        diag.error_on(
            &item.generics,
            format_args!(
                "metrics exist once in a program, so `{}` cannot be generic; write a `Family` with labels instead",
                item.ident
            ),
        );
        return None;
    }
    let Context { options, krate } = context;
    let prefix = options.text("prefix").map_or("", |prefix| prefix.value);
    let budget = options.int("series_budget");
    Some(MetricSet {
        krate,
        vis: item.vis.clone(),
        ident: item.ident.clone(),
        series_budget: budget.map_or(DEFAULT_SERIES_BUDGET, |budget| budget.value),
        metrics: fields
            .iter()
            .filter_map(|field| metric(field, prefix, diag))
            .collect(),
    })
}

fn metric(field: &Field, prefix: &str, diag: &mut Diag) -> Option<Metric> {
    let ident = field.ident.as_ref()?;
    let options = Options::of(Target::MetricField, "metric", &field.attrs, diag);
    let name = name(ident, prefix, &options);
    Some(Metric {
        field: ident.clone(),
        ty: field.ty.clone(),
        constant: constant(ident),
        unit: unit(&name, &options),
        name,
        help: help_text(&field.attrs),
        buckets: options
            .numbers("buckets")
            .map(|list| given(list, <[f64]>::to_vec)),
        objectives: options
            .objectives("objectives")
            .map(|list| given(list, <[(f64, f64)]>::to_vec)),
        max_age_secs: options
            .duration("max_age")
            .map(|age| given(age, |age| age.as_secs_f64())),
        broken: options_of(Target::MetricField)
            .iter()
            .map(|option| option.name)
            .filter(|name| options.is_broken(name))
            .collect(),
    })
}

fn name(field: &Ident, prefix: &str, options: &Options) -> Given<String> {
    match options.text("name") {
        Some(name) => given(name, |name| format!("{prefix}{name}")),
        None => Given {
            value: format!("{prefix}{}", field.unraw()),
            place: field.to_token_stream(),
        },
    }
}

/// The unit that is declared, or the base unit that the name ends in.
fn unit(name: &Given<String>, options: &Options) -> Given<String> {
    match options.text("unit") {
        Some(unit) => given(unit, str::to_owned),
        None => Given {
            value: unit_in_name(&name.value).to_owned(),
            place: name.place.clone(),
        },
    }
}

/// `orders_total` as `ORDERS_TOTAL`. It names no keyword, so it is never raw.
fn constant(field: &Ident) -> Ident {
    Ident::new(&field.unraw().to_string().to_uppercase(), field.span())
}

fn given<T, U>(given: options::Given<'_, T>, convert: impl FnOnce(T) -> U) -> Given<U> {
    let place: TokenStream = given.tokens.clone();
    Given {
        value: convert(given.value),
        place,
    }
}
