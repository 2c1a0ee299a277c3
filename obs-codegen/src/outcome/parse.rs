//! From the type to the model.

use obs_schema::option::Target;
use quote::ToTokens;
use syn::{Data, DeriveInput, Field, Fields, Ident, Index, Member, Variant};

use super::{Arm, Class, Outcome};
use crate::derive::Context;
use crate::diag::Diag;
use crate::options::{Argument, Options};
use crate::shape;

/// The word of each class, and the runtime's name for it.
const CLASSES: [(&str, &str); 5] = [
    ("ok", "Ok"),
    ("failure", "Failure"),
    ("ignored", "Ignored"),
    ("retryable", "Retryable"),
    ("caller_fault", "CallerFault"),
];

const WORDS: &str = "`ok`, `failure`, `ignored`, `retryable` or `caller_fault`";

pub(super) fn parse(item: &DeriveInput, context: Context, diag: &mut Diag) -> Option<Outcome> {
    let options = &context.options;
    let arms = match &item.data {
        Data::Enum(data) => {
            refuse_class_of_all(options, diag);
            data.variants
                .iter()
                .map(|variant| of_variant(variant, diag))
                .collect()
        }
        Data::Struct(data) => {
            let class = class(options, &data.fields, &item.ident, diag).unwrap_or_else(|| {
                let message = format!(
                    "`{}` is not classified; add `#[outcome(..)]` with {WORDS}",
                    item.ident
                );
                diag.error_on(&item.ident, message);
                Class::Named("Failure")
            });
            vec![Arm {
                variant: None,
                class,
            }]
        }
        Data::Union(_) => {
            diag.error_on(
                shape::keyword(item),
                "`#[derive(Outcome)]` is for an enum or a struct; implement `Outcome` by hand for a union",
            );
            return None;
        }
    };
    Some(Outcome {
        krate: context.krate,
        ident: item.ident.clone(),
        generics: item.generics.clone(),
        arms,
    })
}

fn refuse_class_of_all(options: &Options, diag: &mut Diag) {
    for argument in options
        .all()
        .iter()
        .filter(|argument| argument.option.name != "crate")
    {
        diag.error(
            argument.key,
            format_args!(
                "each variant has a class of its own; write `#[outcome({})]` on the variants",
                argument.option.name
            ),
        );
    }
}

fn of_variant(variant: &Variant, diag: &mut Diag) -> Arm {
    let options = Options::of(Target::OutcomeVariant, "outcome", &variant.attrs, diag);
    let class = class(&options, &variant.fields, &variant.ident, diag).unwrap_or_else(|| {
        // A mistake in the attribute has been reported already.
        if !variant
            .attrs
            .iter()
            .any(|attr| attr.path().is_ident("outcome"))
        {
            let message = format!(
                "variant `{}` is not classified; add `#[outcome(..)]` with {WORDS}",
                variant.ident
            );
            diag.error_on(&variant.ident, message);
        }
        Class::Named("Failure")
    });
    Arm {
        variant: Some(variant.ident.clone()),
        class,
    }
}

fn class(options: &Options, fields: &Fields, owner: &Ident, diag: &mut Diag) -> Option<Class> {
    if let Some(argument) = options.get("transparent") {
        return Some(of_field(argument, fields, owner, diag));
    }
    let named = CLASSES.iter().find(|(word, _)| options.flag(word));
    named.map(|(_, class)| Class::Named(class))
}

fn of_field(argument: &Argument, fields: &Fields, owner: &Ident, diag: &mut Diag) -> Class {
    let mut fields = fields.iter();
    let (Some(field), None) = (fields.next(), fields.next()) else {
        diag.error(
            argument.key,
            format_args!(
                "`transparent` needs exactly one field in `{owner}`; write {WORDS} instead"
            ),
        );
        return Class::Named("Failure");
    };
    Class::OfField {
        member: member(field),
        ty: Box::new(field.ty.clone()),
    }
}

fn member(field: &Field) -> Member {
    match &field.ident {
        Some(ident) => Member::Named(ident.clone()),
        None => {
            let span = syn::spanned::Spanned::span(&field.ty.to_token_stream());
            Member::Unnamed(Index { index: 0, span })
        }
    }
}
