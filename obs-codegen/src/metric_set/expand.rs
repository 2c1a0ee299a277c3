//! The definitions, the checks that need types, and the one instance.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::{DeriveInput, Ident};

use super::check::is_reported;
use super::{Given, Metric, MetricSet};
use crate::place::{assert_nothing_about, at};

pub(super) fn expand(set: &MetricSet) -> TokenStream {
    let definitions = set.metrics.iter().map(|metric| definition(set, metric));
    let checks = set.metrics.iter().map(|metric| checks(set, metric));
    let instance = instance(set);
    let implementation = implementation(set);
    let distinct = distinct(set);
    let ident = &set.ident;
    quote! {
        impl #ident {
            #(#definitions)*
            #instance
        }
        #implementation
        #(#checks)*
        #distinct
    }
}

fn definition(set: &MetricSet, metric: &Metric) -> TokenStream {
    let MetricSet {
        krate, vis, ident, ..
    } = set;
    let Metric {
        constant, ty, help, ..
    } = metric;
    let (name, unit) = (&metric.name.value, &metric.unit.value);
    let owner = ident.to_string();
    let doc = format!("The definition of the metric `{name}`.");
    // On the type: this is where the compiler says that it is no metric.
    let instrument = quote_spanned!(at(ty)=> <#ty as #krate::__private::Instrument>);
    // `line!` is the line of the tokens it is made of.
    let line = quote_spanned!(metric.field.span()=> ::core::line!());
    let bucket = quote!(#krate::__private::schema::bucket);
    let kind = quote!(#instrument::KIND);
    let buckets = list_or(
        &metric.buckets,
        quote!(#bucket::default_buckets(#kind, #unit)),
        |list| quote!(&[#(#list),*]),
    );
    let objectives = list_or(
        &metric.objectives,
        quote!(#bucket::default_objectives(#kind)),
        |list| {
            let pairs = list
                .iter()
                .map(|(quantile, error)| quote!((#quantile, #error)));
            quote!(&[#(#pairs),*])
        },
    );
    let max_age = list_or(
        &metric.max_age_secs,
        quote!(#bucket::default_max_age_secs(#kind)),
        ToTokens::to_token_stream,
    );
    quote! {
        #[doc = #doc]
        #vis const #constant: #krate::__private::MetricDef = #krate::__private::MetricDef {
            name: #name,
            help: #help,
            kind: #kind,
            unit: #unit,
            labels: #instrument::LABELS,
            buckets: #buckets,
            objectives: #objectives,
            max_age_secs: #max_age,
            owner: #owner,
            source: #krate::__private::Source {
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: #line,
            },
        };
    }
}

fn list_or<T>(
    given: &Option<Given<T>>,
    default: TokenStream,
    print: impl FnOnce(&T) -> TokenStream,
) -> TokenStream {
    given.as_ref().map_or(default, |given| print(&given.value))
}

fn instance(set: &MetricSet) -> TokenStream {
    let MetricSet {
        krate,
        vis,
        ident,
        metrics,
        ..
    } = set;
    let fields = metrics.iter().map(|metric| {
        let Metric {
            field,
            ty,
            constant,
            ..
        } = metric;
        let register = quote_spanned!(at(ty)=> <#ty as #krate::__private::Instrument>::register);
        quote!(#field: #register(&Self::#constant))
    });
    quote! {
        /// The one instance of the program. Its metrics are registered when it is first asked for,
        /// at the latest before they are first read.
        #[must_use]
        #vis fn get() -> &'static Self {
            static __OBS_SET: ::std::sync::OnceLock<#ident> = ::std::sync::OnceLock::new();
            __OBS_SET.get_or_init(|| Self { #(#fields,)* })
        }
    }
}

fn implementation(set: &MetricSet) -> TokenStream {
    let MetricSet {
        krate,
        ident,
        metrics,
        ..
    } = set;
    let constants = metrics.iter().map(|metric| &metric.constant);
    quote! {
        #[automatically_derived]
        impl #krate::__private::MetricSet for #ident {
            const DEFS: &'static [&'static #krate::__private::MetricDef] = &[#(&Self::#constants),*];

            fn get() -> &'static Self {
                Self::get()
            }
        }

        // The linker lists it, so that the series exist before the first use.
        const _: () = {
            #[#krate::__private::linkme::distributed_slice(#krate::__private::METRIC_SETS)]
            #[linkme(crate = #krate::__private::linkme)]
            static __OBS_METRIC_SET: fn() = || {
                let _ = #ident::get();
            };
        };
    }
}

/// The rules that need the type of a field, each failing at the token that is wrong.
fn checks(set: &MetricSet, metric: &Metric) -> TokenStream {
    let MetricSet {
        krate,
        ident,
        series_budget,
        ..
    } = set;
    let Metric { constant, ty, .. } = metric;
    let name = &metric.name.place;
    let ty = ty.to_token_stream();
    let check = quote!(#krate::__private::schema::check);
    let asserts = [
        ("name", name),
        ("unit", &metric.unit.place),
        ("labels", &ty),
        ("buckets", place_of(&metric.buckets, name)),
        ("objectives", place_of(&metric.objectives, name)),
        ("max_age", place_of(&metric.max_age_secs, name)),
    ];
    let asserts = asserts
        .into_iter()
        .filter(|(option, _)| !is_reported(metric, option))
        .map(|(option, place)| assert_nothing_about(option, place));
    quote! {
        const _: () = {
            const __OBS_FINDINGS: #krate::__private::schema::Findings =
                #check::metric_findings(&#ident::#constant)
                    .and(#check::budget_finding(&#ident::#constant, #series_budget));
            #(#asserts)*
        };
    }
}

fn place_of<'a, T>(given: &'a Option<Given<T>>, otherwise: &'a TokenStream) -> &'a TokenStream {
    given.as_ref().map_or(otherwise, |given| &given.place)
}

/// No two metrics of the set are one family. Equal names have been reported.
fn distinct(set: &MetricSet) -> TokenStream {
    let MetricSet {
        krate,
        ident,
        metrics,
        ..
    } = set;
    let mut names: Vec<&String> = metrics.iter().map(|metric| &metric.name.value).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    if names.len() < count {
        return TokenStream::new();
    }
    let assert = assert_nothing_about("name", &ident.to_token_stream());
    quote! {
        const _: () = {
            const __OBS_FINDINGS: #krate::__private::schema::Findings =
                #krate::__private::schema::Findings::new().and(
                    #krate::__private::schema::check::distinct_finding(
                        <#ident as #krate::__private::MetricSet>::DEFS,
                    ),
                );
            #assert
        };
    }
}

pub(super) fn stand_in(item: &DeriveInput) -> TokenStream {
    let ident: &Ident = &item.ident;
    let (impl_generics, ty_generics, where_clause) = item.generics.split_for_impl();
    quote! {
        #[allow(dead_code)]
        impl #impl_generics #ident #ty_generics #where_clause {
            pub fn get() -> &'static Self where Self: 'static {
                ::core::unreachable!()
            }
        }
    }
}
