//! What kind of item a derive is on.

use proc_macro2::TokenStream;
use syn::punctuated::Punctuated;
use syn::{Data, DeriveInput, Field, Fields, Token, Variant};

use crate::diag::Diag;

/// The variants of an enum. Anything else is refused with `instead`: what to do.
pub(crate) fn variants<'a>(
    item: &'a DeriveInput,
    derive: &str,
    instead: &str,
    diag: &mut Diag,
) -> Option<&'a Punctuated<Variant, Token![,]>> {
    match &item.data {
        Data::Enum(data) => Some(&data.variants),
        _ => {
            refuse(item, derive, "an enum", instead, diag);
            None
        }
    }
}

/// The fields of a struct with named fields. Anything else is refused with `instead`: what to do.
pub(crate) fn named_fields<'a>(
    item: &'a DeriveInput,
    derive: &str,
    instead: &str,
    diag: &mut Diag,
) -> Option<&'a Punctuated<Field, Token![,]>> {
    match &item.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) if !fields.named.is_empty() => return Some(&fields.named),
            Fields::Named(fields) => {
                diag.error(
                    fields.brace_token.span.join(),
                    format_args!("`{}` has no fields; {instead}", item.ident),
                );
            }
            Fields::Unnamed(fields) => diag.error(
                fields.paren_token.span.join(),
                format_args!("`#[derive({derive})]` needs fields with names; {instead}"),
            ),
            Fields::Unit => {
                diag.error_on(
                    &item.ident,
                    format_args!("`{}` has no fields; {instead}", item.ident),
                );
            }
        },
        _ => refuse(item, derive, "a struct", instead, diag),
    }
    None
}

fn refuse(item: &DeriveInput, derive: &str, wanted: &str, instead: &str, diag: &mut Diag) {
    diag.error_on(
        keyword(item),
        format_args!("`#[derive({derive})]` is for {wanted}; {instead}"),
    );
}

/// `struct`, `enum` or `union`.
pub(crate) fn keyword(item: &DeriveInput) -> TokenStream {
    use quote::ToTokens as _;
    match &item.data {
        Data::Struct(data) => data.struct_token.to_token_stream(),
        Data::Enum(data) => data.enum_token.to_token_stream(),
        Data::Union(data) => data.union_token.to_token_stream(),
    }
}
