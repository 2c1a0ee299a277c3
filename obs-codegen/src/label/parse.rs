//! From the enum to the model.

use obs_schema::option::Target;
use quote::ToTokens;
use syn::spanned::Spanned as _;
use syn::{DeriveInput, Fields, Variant};

use super::{Label, Value};
use crate::case::Case;
use crate::derive::Context;
use crate::diag::Diag;
use crate::options::Options;
use crate::shape;

pub(super) fn parse(item: &DeriveInput, context: Context, diag: &mut Diag) -> Option<Label> {
    let instead = "for a struct with one field per label derive `Labels`";
    let variants = shape::variants(item, "Label", instead, diag)?;
    if variants.is_empty() {
        let message = "a label has at least one value; add a variant";
        diag.error_on(&item.ident, message);
        return None;
    }
    let rename_all = context.options.text("rename_all");
    let case = rename_all
        .and_then(|name| Case::named(name.value))
        .unwrap_or(Case::Snake);
    Some(Label {
        krate: context.krate,
        ident: item.ident.clone(),
        generics: item.generics.clone(),
        values: variants
            .iter()
            .map(|variant| value(variant, case, diag))
            .collect(),
    })
}

fn value(variant: &Variant, case: Case, diag: &mut Diag) -> Value {
    if !matches!(variant.fields, Fields::Unit) {
        diag.error(
            variant.fields.span(),
            format_args!(
                "a label has a closed set of values; remove the fields of `{}`",
                variant.ident
            ),
        );
    }
    let options = Options::of(Target::LabelVariant, "label", &variant.attrs, diag);
    let (text, place) = match options.text("rename") {
        Some(rename) => (rename.value.to_owned(), rename.tokens.clone()),
        None => (case.of(&variant.ident), variant.ident.to_token_stream()),
    };
    Value {
        ident: variant.ident.clone(),
        text,
        place,
    }
}
