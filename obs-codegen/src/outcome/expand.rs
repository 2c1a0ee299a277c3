//! The implementation of `Outcome`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{DeriveInput, Generics, Ident, parse_quote};

use super::{Arm, Class, Outcome};
use crate::crate_path::CratePath;

pub(super) fn expand(outcome: &Outcome) -> TokenStream {
    let Outcome { krate, ident, .. } = outcome;
    let generics = bounded(outcome);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let arms = outcome.arms.iter().map(|arm| expand_arm(arm, krate));
    // The dereference makes the match on an enum without variants complete.
    quote! {
        // The variants may be deprecated.
        #[allow(deprecated)]
        #[automatically_derived]
        impl #impl_generics #krate::__private::Outcome for #ident #ty_generics #where_clause {
            fn class(&self) -> #krate::__private::Class {
                match *self { #(#arms)* }
            }
        }
    }
}

fn expand_arm(arm: &Arm, krate: &CratePath) -> TokenStream {
    let place = arm
        .variant
        .as_ref()
        .map_or_else(|| quote!(Self), |variant| quote!(Self::#variant));
    match &arm.class {
        Class::Named(name) => {
            let class = Ident::new(name, Span::call_site());
            quote!(#place { .. } => #krate::__private::Class::#class,)
        }
        Class::OfField { member, ty } => {
            // An error about a type that does not implement `Outcome` points at the type.
            let inner = Ident::new("__obs_inner", Span::mixed_site().located_at(ty.span()));
            let krate = krate.at(ty.span());
            let class = quote_spanned!(ty.span()=> #krate::__private::Outcome::class(#inner));
            quote!(#place { #member: ref #inner } => #class,)
        }
    }
}

/// The generics, with a bound for each generic type that is asked for its class.
fn bounded(outcome: &Outcome) -> Generics {
    let mut generics = outcome.generics.clone();
    if generics.type_params().next().is_none() {
        return generics;
    }
    let krate = &outcome.krate;
    let clause = generics.make_where_clause();
    for arm in &outcome.arms {
        if let Class::OfField { ty, .. } = &arm.class {
            clause
                .predicates
                .push(parse_quote!(#ty: #krate::__private::Outcome));
        }
    }
    generics
}

pub(super) fn stand_in(item: &DeriveInput, krate: &CratePath) -> TokenStream {
    let ident = &item.ident;
    let (impl_generics, ty_generics, where_clause) = item.generics.split_for_impl();
    quote! {
        impl #impl_generics #krate::__private::Outcome for #ident #ty_generics #where_clause {
            fn class(&self) -> #krate::__private::Class { #krate::__private::Class::Failure }
        }
    }
}
