//! From the struct to the model.

use obs_schema::option::Target;
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::{DeriveInput, Field, Ident, Type};

use super::{Label, LabelSet, Values};
use crate::derive::Context;
use crate::diag::Diag;
use crate::known::is_text_or_number;
use crate::options::Options;
use crate::shape;

pub(super) fn parse(item: &DeriveInput, context: Context, diag: &mut Diag) -> Option<LabelSet> {
    let instead = "write a struct with one field per label";
    let fields = shape::named_fields(item, "Labels", instead, diag)?;
    Some(LabelSet {
        krate: context.krate,
        ident: item.ident.clone(),
        generics: item.generics.clone(),
        labels: fields
            .iter()
            .filter_map(|field| label(field, diag))
            .collect(),
    })
}

fn label(field: &Field, diag: &mut Diag) -> Option<Label> {
    let ident = field.ident.as_ref()?;
    let options = Options::of(Target::LabelsField, "label", &field.attrs, diag);
    let (name, place) = match options.text("rename") {
        Some(rename) => (rename.value.to_owned(), rename.tokens.clone()),
        None => (ident.unraw().to_string(), ident.to_token_stream()),
    };
    Some(Label {
        field: ident.clone(),
        ty: field.ty.clone(),
        name,
        place,
        values: values(
            ident,
            &field.ty,
            &options,
            "#[label(max_series = 100)]",
            diag,
        ),
    })
}

/// What the values of a field are. `cap` is the attribute that bounds text.
pub(crate) fn values(
    field: &Ident,
    ty: &Type,
    options: &Options,
    cap: &str,
    diag: &mut Diag,
) -> Values {
    if let Some(max_series) = options.int("max_series") {
        return Values::Capped {
            max_series: max_series.value,
            place: max_series.key,
        };
    }
    if !is_unbounded(ty) {
        return Values::Finite;
    }
    // A `max_series` that is there and wrong has its own error.
    if !options.is_broken("max_series") {
        diag.error_on(
            ty,
            format_args!("`{field}` can have any number of values; cap them with `{cap}`, or use an enum that derives `Label`"),
        );
    }
    Values::Unbounded
}

fn is_unbounded(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => is_unbounded(&reference.elem),
        Type::Group(group) => is_unbounded(&group.elem),
        Type::Paren(paren) => is_unbounded(&paren.elem),
        Type::Path(path) => {
            path.path.segments.last().is_some_and(|last| {
                last.ident == "Cow" || is_text_or_number(&last.ident.to_string())
            })
        }
        _ => false,
    }
}
