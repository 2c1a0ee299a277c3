//! The implementation of `Debug`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{DeriveInput, Generics, Ident, parse_quote};

use super::{Field, Redact, Shape, Show, Style};
use crate::crate_path::CratePath;

pub(super) fn expand(redact: &Redact) -> TokenStream {
    let ident = &redact.ident;
    let generics = bounded(redact);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let formatter = Ident::new("__obs_formatter", Span::mixed_site());
    let arms = redact
        .shapes
        .iter()
        .map(|shape| expand_shape(shape, redact, &formatter));
    // Not `#[automatically_derived]`: the compiler overlooks what such a `Debug` uses, and would call
    // the function of `with` dead code.
    quote! {
        // The variants may be deprecated.
        #[allow(deprecated)]
        impl #impl_generics ::core::fmt::Debug for #ident #ty_generics #where_clause {
            fn fmt(&self, #formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match *self { #(#arms)* }
            }
        }
    }
}

fn expand_shape(shape: &Shape, redact: &Redact, formatter: &Ident) -> TokenStream {
    let name = shape.variant.as_ref().unwrap_or(&redact.ident).to_string();
    let place = shape
        .variant
        .as_ref()
        .map_or_else(|| quote!(Self), |variant| quote!(Self::#variant));
    let bindings: Vec<Ident> = shape.fields.iter().enumerate().map(binding).collect();
    let patterns = shape
        .fields
        .iter()
        .zip(&bindings)
        .enumerate()
        .map(|(at, (field, binding))| {
            let member = match &field.ident {
                Some(ident) => ident.to_token_stream(),
                None => syn::Index::from(at).to_token_stream(),
            };
            match field.show {
                Show::Nothing => quote!(#member: _),
                _ => quote!(#member: ref #binding),
            }
        });
    let shown = shape.fields.iter().zip(&bindings).map(|(field, binding)| {
        let value = shown(field, binding, &redact.krate);
        match &field.ident {
            Some(ident) => {
                let name = syn::ext::IdentExt::unraw(ident).to_string();
                quote!(.field(#name, #value))
            }
            None => quote!(.field(#value)),
        }
    });
    let body = match shape.style {
        Style::Named => quote!(#formatter.debug_struct(#name) #(#shown)* .finish()),
        Style::Tuple => quote!(#formatter.debug_tuple(#name) #(#shown)* .finish()),
        Style::Unit => quote!(#formatter.write_str(#name)),
    };
    quote!(#place { #(#patterns),* } => #body,)
}

/// The name of a field in the expansion. An error about its value points at its type.
fn binding((at, field): (usize, &Field)) -> Ident {
    let span = Span::mixed_site().located_at(field.ty.span());
    format_ident!("__obs_field_{at}", span = span)
}

/// What `Debug` gets to see of a field.
fn shown(field: &Field, binding: &Ident, krate: &CratePath) -> TokenStream {
    match &field.show {
        Show::All => quote!(#binding),
        Show::Nothing => quote!(&#krate::__private::Redacted),
        Show::Last(count) => {
            let count = usize::try_from(*count).unwrap_or(usize::MAX);
            let krate = krate.at(field.ty.span());
            quote_spanned!(field.ty.span()=> &#krate::__private::last_characters(#binding, #count))
        }
        Show::With(function) => {
            let krate = krate.at(function.span());
            quote_spanned!(function.span()=> &#krate::__private::masked(#function, #binding))
        }
    }
}

/// The generics, with a bound for each generic type that is shown.
fn bounded(redact: &Redact) -> Generics {
    let mut generics = redact.generics.clone();
    if generics.type_params().next().is_none() {
        return generics;
    }
    let clause = generics.make_where_clause();
    for field in redact.shapes.iter().flat_map(|shape| &shape.fields) {
        let ty = &field.ty;
        match field.show {
            Show::All => clause
                .predicates
                .push(parse_quote!(#ty: ::core::fmt::Debug)),
            Show::Last(_) => clause
                .predicates
                .push(parse_quote!(#ty: ::core::fmt::Display)),
            Show::Nothing | Show::With(_) => {}
        }
    }
    generics
}

pub(super) fn stand_in(item: &DeriveInput) -> TokenStream {
    let ident = &item.ident;
    let (impl_generics, ty_generics, where_clause) = item.generics.split_for_impl();
    quote! {
        impl #impl_generics ::core::fmt::Debug for #ident #ty_generics #where_clause {
            fn fmt(&self, _: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::result::Result::Ok(())
            }
        }
    }
}
