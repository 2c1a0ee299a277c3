//! `#[derive(Event)]`: a struct as a business event.

mod check;
mod expand;
mod parse;

use obs_schema::event::Role;
use obs_schema::option::Target;
use proc_macro2::{Span, TokenStream};
use syn::{DeriveInput, Ident, Type};

use crate::crate_path::CratePath;
use crate::derive::{Context, Derive, derive};
use crate::diag::Diag;
use crate::label_set::LabelSet;

/// Expands `#[derive(Event)]`.
#[must_use]
pub fn derive_event(input: TokenStream) -> TokenStream {
    derive::<Event>(input)
}

/// The struct.
struct Event {
    krate: CratePath,
    name: String,
    /// What to point at in errors about the name.
    place: TokenStream,
    help: String,
    /// The level of its log records, as the option table calls it.
    level: String,
    /// How many series its counter may have.
    series_budget: u64,
    fields: Vec<Field>,
    /// The struct as the labels of its counter.
    labels: LabelSet,
}

/// A field that is not left out.
struct Field {
    ident: Ident,
    ty: Type,
    name: String,
    /// What to point at in errors about the name.
    place: TokenStream,
    role: Option<GivenRole>,
    form: Form,
}

/// A role, and where it was written.
struct GivenRole {
    role: Role,
    place: Span,
}

/// How the value of a field is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// It is the value of an attribute.
    Value,
    Display,
    Debug,
    /// It is a number of tokens.
    Tokens,
    /// It is a label with a closed set of values.
    Label,
    /// It is a label of any text.
    LabelText,
}

impl Derive for Event {
    const TARGET: Target = Target::EventStruct;
    const ATTRIBUTE: &'static str = "event";

    fn parse(item: &DeriveInput, context: Context, diag: &mut Diag) -> Option<Self> {
        parse::parse(item, context, diag)
    }

    fn check(&self, diag: &mut Diag) {
        check::check(self, diag);
    }

    fn expand(&self) -> TokenStream {
        expand::expand(self)
    }

    fn stand_in(item: &DeriveInput, krate: &CratePath) -> TokenStream {
        expand::stand_in(item, krate)
    }
}
