//! From the struct to the model.

use obs_schema::cardinality::DEFAULT_SERIES_BUDGET;
use obs_schema::event::Role;
use obs_schema::monitoring::Level;
use obs_schema::option::Target;
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::{Data, DeriveInput, Fields, GenericParam};

use super::{Event, Field, Form, GivenRole};
use crate::case::Case;
use crate::derive::Context;
use crate::diag::Diag;
use crate::docs::help_text;
use crate::label_set::{Label, LabelSet, Values, values};
use crate::options::Options;
use crate::shape;

pub(super) fn parse(item: &DeriveInput, context: Context, diag: &mut Diag) -> Option<Event> {
    let read = fields(item, diag)?;
    let type_parameter =
        |parameter: &&GenericParam| !matches!(parameter, GenericParam::Lifetime(_));
    if let Some(parameter) = item.generics.params.iter().find(type_parameter) {
        diag.error_on(
            parameter,
            format_args!(
                "an event has one counter in a program, so `{}` can be generic over lifetimes only",
                item.ident
            ),
        );
        return None;
    }
    let Context { options, krate } = context;
    let (name, place) = match options.text("name") {
        Some(name) => (name.value.to_owned(), name.tokens.clone()),
        None => (Case::Snake.of(&item.ident), item.ident.to_token_stream()),
    };
    let budget = options.int("series_budget");
    let level = options
        .text("level")
        .map_or(Level::Info.as_str(), |level| level.value);
    let (fields, labels): (Vec<Field>, Vec<Option<Label>>) = read.into_iter().unzip();
    Some(Event {
        labels: LabelSet {
            krate: krate.clone(),
            ident: item.ident.clone(),
            generics: item.generics.clone(),
            labels: labels.into_iter().flatten().collect(),
        },
        krate,
        name,
        place,
        help: help_text(&item.attrs),
        level: level.to_owned(),
        series_budget: budget.map_or(DEFAULT_SERIES_BUDGET, |budget| budget.value),
        fields,
    })
}

/// The fields that are not left out, each with the label that it is. None at all is fine: that it happened may say
/// everything.
fn fields(item: &DeriveInput, diag: &mut Diag) -> Option<Vec<(Field, Option<Label>)>> {
    if let Data::Struct(data) = &item.data {
        match &data.fields {
            Fields::Unit => return Some(Vec::new()),
            Fields::Named(fields) if fields.named.is_empty() => return Some(Vec::new()),
            _ => {}
        }
    }
    let instead = "write a struct with a field for each thing that is to be known of it";
    let fields = shape::named_fields(item, "Event", instead, diag)?;
    Some(fields.iter().filter_map(|one| field(one, diag)).collect())
}

fn field(field: &syn::Field, diag: &mut Diag) -> Option<(Field, Option<Label>)> {
    let ident = field.ident.as_ref()?;
    let options = Options::of(Target::EventField, "event", &field.attrs, diag);
    let (name, place) = match options.text("rename") {
        Some(rename) => (rename.value.to_owned(), rename.tokens.clone()),
        None => (ident.unraw().to_string(), ident.to_token_stream()),
    };
    let label = label(field, &options, (&name, &place), diag);
    if options.flag("skip") {
        return None;
    }
    let role = role(&options);
    let form = match (&label, &role) {
        (
            Some(Label {
                values: Values::Finite,
                ..
            }),
            _,
        ) => Form::Label,
        (Some(_), _) => Form::LabelText,
        (None, Some(given)) if given.role.is_of_model() => Form::Tokens,
        (None, _) if options.flag("display") => Form::Display,
        (None, _) if options.flag("debug") => Form::Debug,
        (None, _) => Form::Value,
    };
    let field = Field {
        ident: ident.clone(),
        ty: field.ty.clone(),
        name,
        place,
        role,
        form,
    };
    Some((field, label))
}

/// The first role that was given. A second one has been refused.
fn role(options: &Options) -> Option<GivenRole> {
    Role::ALL.iter().find_map(|role| {
        let given = options.get(role.as_str())?;
        Some(GivenRole {
            role: *role,
            place: given.key,
        })
    })
}

fn label(
    field: &syn::Field,
    options: &Options,
    (name, place): (&str, &proc_macro2::TokenStream),
    diag: &mut Diag,
) -> Option<Label> {
    let ident = field.ident.as_ref()?;
    if !options.flag("label") {
        if let Some(given) = options.get("max_series") {
            diag.error(
                given.key,
                format_args!(
                    "`{ident}` is no label, so it needs no `max_series`; add `label`, or remove it"
                ),
            );
        }
        return None;
    }
    Some(Label {
        field: ident.clone(),
        ty: field.ty.clone(),
        name: name.to_owned(),
        place: place.clone(),
        values: values(
            ident,
            &field.ty,
            options,
            "#[event(label, max_series = 100)]",
            diag,
        ),
    })
}
