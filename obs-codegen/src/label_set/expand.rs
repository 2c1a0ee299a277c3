//! The implementation of `Labels`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::DeriveInput;

use super::check::sound_name;
use super::{Label, LabelSet, Values};
use crate::crate_path::CratePath;
use crate::place::at;

pub(crate) fn expand(set: &LabelSet) -> TokenStream {
    let LabelSet {
        krate,
        ident,
        generics,
        labels,
    } = set;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let defs = labels
        .iter()
        .enumerate()
        .map(|(at, label)| def(krate, label, &sound_name(set, at, label)));
    let is_finite = labels
        .iter()
        .all(|label| matches!(label.values, Values::Finite));
    let body = if is_finite {
        with_index(set)
    } else {
        with_values(set)
    };
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::__private::Labels for #ident #ty_generics #where_clause {
            const LABELS: &'static [#krate::__private::LabelDef] = &[#(#defs),*];

            #[inline]
            fn with_key<__ObsR>(
                &self,
                __obs_use_key: impl ::core::ops::FnOnce(#krate::__private::SeriesKey<'_>) -> __ObsR,
            ) -> __ObsR {
                #body
            }
        }
    }
}

fn def(krate: &CratePath, label: &Label, name: &str) -> TokenStream {
    let values = match &label.values {
        Values::Finite => {
            let ty = &label.ty;
            // On the type: this is where the compiler says that it has no closed set of values.
            let values = quote_spanned!(at(ty)=> <#ty as #krate::__private::Label>::VALUES);
            quote!(Finite(#values))
        }
        Values::Capped { max_series, place } => {
            let max_series = u32::try_from(*max_series).unwrap_or(u32::MAX);
            quote_spanned!(*place=> Capped { max_series: #max_series })
        }
        Values::Unbounded => quote!(Capped { max_series: 1 }),
    };
    quote! {
        #krate::__private::LabelDef { name: #name, values: #krate::__private::Values::#values }
    }
}

/// All labels are finite: the series is a number.
fn with_index(set: &LabelSet) -> TokenStream {
    let krate = &set.krate;
    let steps = set.labels.iter().map(|label| {
        let Label { field, ty, .. } = label;
        let radix = quote_spanned!(at(ty)=> #krate::__private::radix::<#ty>);
        quote!(let __obs_index = #radix(__obs_index, &self.#field);)
    });
    quote! {
        let __obs_index = 0;
        #(#steps)*
        __obs_use_key(#krate::__private::SeriesKey::Index(__obs_index))
    }
}

/// Some labels are text: the series is found by all values.
fn with_values(set: &LabelSet) -> TokenStream {
    let krate = &set.krate;
    let texts: Vec<_> = (0..set.labels.len())
        .map(|at| format_ident!("__obs_text_{at}"))
        .collect();
    let reads = set.labels.iter().zip(&texts).map(|(label, text)| {
        let Label { field, ty, values, .. } = label;
        match values {
            Values::Finite => quote!(let #text = #krate::__private::Label::as_str(&self.#field);),
            _ => {
                let read = quote_spanned!(at(ty)=> <#ty as #krate::__private::LabelText>::label_text(&self.#field));
                quote!(let #text = #read;)
            }
        }
    });
    quote! {
        #(#reads)*
        __obs_use_key(#krate::__private::SeriesKey::Values(&[#(&*#texts),*]))
    }
}

pub(super) fn stand_in(item: &DeriveInput, krate: &CratePath) -> TokenStream {
    let ident = &item.ident;
    let (impl_generics, ty_generics, where_clause) = item.generics.split_for_impl();
    quote! {
        impl #impl_generics #krate::__private::Labels for #ident #ty_generics #where_clause {
            const LABELS: &'static [#krate::__private::LabelDef] = &[];
            fn with_key<__ObsR>(
                &self,
                __obs_use_key: impl ::core::ops::FnOnce(#krate::__private::SeriesKey<'_>) -> __ObsR,
            ) -> __ObsR {
                __obs_use_key(#krate::__private::SeriesKey::Index(0))
            }
        }
    }
}
