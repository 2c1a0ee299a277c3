//! The implementation of `Label`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use super::Label;
use crate::crate_path::CratePath;

pub(super) fn expand(label: &Label) -> TokenStream {
    let Label {
        krate,
        ident,
        generics,
        values,
    } = label;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let texts = values.iter().map(|value| &value.text);
    let arms = values.iter().enumerate().map(|(index, value)| {
        let variant = &value.ident;
        quote!(Self::#variant { .. } => #index,)
    });
    // A reference to an enum without variants would not be known to be empty.
    quote! {
        // The variants may be deprecated.
        #[allow(deprecated)]
        #[automatically_derived]
        impl #impl_generics #krate::__private::Label for #ident #ty_generics #where_clause {
            const VALUES: &'static [&'static str] = &[#(#texts),*];

            #[inline]
            fn index(&self) -> usize {
                match *self { #(#arms)* }
            }
        }
    }
}

pub(super) fn stand_in(item: &DeriveInput, krate: &CratePath) -> TokenStream {
    let ident = &item.ident;
    let (impl_generics, ty_generics, where_clause) = item.generics.split_for_impl();
    quote! {
        impl #impl_generics #krate::__private::Label for #ident #ty_generics #where_clause {
            const VALUES: &'static [&'static str] = &["value"];
            fn index(&self) -> usize { 0 }
        }
    }
}
