//! From the type to the model.

use obs_schema::option::Target;
use syn::{Attribute, Data, DeriveInput, Fields};

use super::{Field, Redact, Shape, Show, Style};
use crate::derive::Context;
use crate::diag::Diag;
use crate::options::Options;
use crate::shape;

pub(super) fn parse(item: &DeriveInput, context: Context, diag: &mut Diag) -> Option<Redact> {
    let shapes: Vec<Shape> = match &item.data {
        Data::Struct(data) => vec![shape_of(None, &data.fields, diag)],
        Data::Enum(data) => data
            .variants
            .iter()
            .map(|variant| {
                refuse_on_variant(&variant.attrs, diag);
                shape_of(Some(variant.ident.clone()), &variant.fields, diag)
            })
            .collect(),
        Data::Union(_) => {
            diag.error_on(
                shape::keyword(item),
                "`#[derive(Redact)]` is for a struct or an enum; implement `Debug` by hand for a union",
            );
            return None;
        }
    };
    let shows_all = |shape: &Shape| {
        shape
            .fields
            .iter()
            .all(|field| matches!(field.show, Show::All))
    };
    if diag.is_empty() && shapes.iter().all(shows_all) {
        diag.error_on(
            &item.ident,
            format_args!(
                "nothing of `{}` is hidden; add `#[redact]` to a field, or derive `Debug` instead",
                item.ident
            ),
        );
    }
    Some(Redact {
        krate: context.krate,
        ident: item.ident.clone(),
        generics: item.generics.clone(),
        shapes,
    })
}

fn refuse_on_variant(attrs: &[Attribute], diag: &mut Diag) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("redact")) {
        diag.error_on(
            attr.path(),
            "`#[redact]` hides a field; move it to the fields of the variant",
        );
    }
}

fn shape_of(variant: Option<syn::Ident>, fields: &Fields, diag: &mut Diag) -> Shape {
    Shape {
        variant,
        style: Style::of(fields),
        fields: fields
            .iter()
            .map(|field| Field {
                ident: field.ident.clone(),
                ty: field.ty.clone(),
                show: show(&field.attrs, diag),
            })
            .collect(),
    }
}

fn show(attrs: &[Attribute], diag: &mut Diag) -> Show {
    let marked = attrs.iter().any(|attr| attr.path().is_ident("redact"));
    let options = Options::of(Target::RedactField, "redact", attrs, diag);
    if let Some(last) = options.int("last") {
        Show::Last(last.value)
    } else if let Some(with) = options.expr("with") {
        Show::With(with.value.clone())
    } else if marked {
        Show::Nothing
    } else {
        Show::All
    }
}
