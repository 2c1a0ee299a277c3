//! `#[service]` on a struct.

use obs_schema::option::Target;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{DeriveInput, Generics, ItemStruct};

use super::{monitoring, tokens};
use crate::crate_path::CratePath;
use crate::diag::Diag;
use crate::options::{Options, Value};
use crate::respan::at_span;

/// The struct and its implementation of `Service`. What is wrong has its default there, so that a program
/// which starts the service has no other errors. `None` if it is no struct.
pub(super) fn expand(
    arguments: TokenStream,
    item: &TokenStream,
    diag: &mut Diag,
) -> Option<TokenStream> {
    let options = Options::parse(Target::Service, arguments, diag);
    let krate = CratePath::of(&options, diag);
    let parsed: ItemStruct = diag.ok(syn::parse2(item.clone()))?;
    let monitoring = monitoring_of(&options, &krate, diag);
    let (monitoring, check) = match diag.is_empty() {
        true => (monitoring, check(&options, &parsed, &krate)),
        false => (default_monitoring(&krate), TokenStream::new()),
    };
    let implementation = implementation(
        &parsed.ident,
        &parsed.generics,
        &options,
        &krate,
        &monitoring,
    );
    Some(quote! {
        #item
        #implementation
        #check
    })
}

/// An implementation for an enum or a union that carries the attribute by mistake.
pub(super) fn stand_in(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    // What is wrong with the options does not matter where they cannot be.
    let mut ignored = Diag::new();
    let options = Options::parse(Target::Service, arguments, &mut ignored);
    let krate = CratePath::of(&options, &mut ignored);
    let Ok(parsed) = syn::parse2::<DeriveInput>(item.clone()) else {
        return TokenStream::new();
    };
    let monitoring = default_monitoring(&krate);
    implementation(
        &parsed.ident,
        &parsed.generics,
        &options,
        &krate,
        &monitoring,
    )
}

fn implementation(
    name: &Ident,
    generics: &Generics,
    options: &Options,
    krate: &CratePath,
    monitoring: &TokenStream,
) -> TokenStream {
    let definition = definition(options, krate);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::__private::Service for #name #ty_generics #where_clause {
            const DEF: #krate::__private::ServiceDef = #definition;
            const MONITORING: #krate::__private::schema::monitoring::Monitoring = #monitoring;
        }
    }
}

fn definition(options: &Options, krate: &CratePath) -> TokenStream {
    let private = quote!(#krate::__private);
    let text = |option, default: TokenStream| match options.text(option) {
        Some(given) => given.value.to_token_stream(),
        None => default,
    };
    let name = text("name", quote!(::core::env!("CARGO_PKG_NAME")));
    let version = text("version", quote!(::core::env!("CARGO_PKG_VERSION")));
    let namespace = text("namespace", quote!(""));
    let budget = match options.int("series_budget") {
        Some(given) => given.value.to_token_stream(),
        None => quote!(#private::schema::cardinality::DEFAULT_SERIES_BUDGET),
    };
    quote! {
        #private::ServiceDef {
            name: #name,
            version: #version,
            namespace: #namespace,
            series_budget: #budget,
            source: #private::Source {
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: ::core::line!(),
            },
        }
    }
}

/// The value of the constant `MONITORING`.
fn monitoring_of(options: &Options, krate: &CratePath, diag: &mut Diag) -> TokenStream {
    let schema = quote!(#krate::__private::schema);
    match options.get("monitoring").map(|given| &given.value) {
        Some(Value::Path(path)) => path.to_token_stream(),
        Some(Value::Group(group)) => {
            let monitoring = monitoring::read(group);
            monitoring::check(&monitoring, group, diag);
            tokens::monitoring(&monitoring, &schema)
        }
        _ => default_monitoring(krate),
    }
}

fn default_monitoring(krate: &CratePath) -> TokenStream {
    quote!(#krate::__private::schema::monitoring::Monitoring::DEFAULT)
}

/// The check of a constant, which is the compiler's to evaluate.
fn check(options: &Options, parsed: &ItemStruct, krate: &CratePath) -> TokenStream {
    let Some(path) = options.path("monitoring") else {
        return TokenStream::new();
    };
    let at = path.value.span();
    let private = at_span(quote!(#krate::__private), at);
    let name = &parsed.ident;
    let value = match parsed.generics.params.is_empty() {
        true => quote_spanned!(at=> <#name as #private::Service>::MONITORING),
        false => path.value.to_token_stream(),
    };
    quote_spanned! {at=>
        const _: () = #private::schema::monitoring::Monitoring::assert_valid(&#value);
    }
}
