//! `#[derive(Redact)]`: a `Debug` that hides fields.

mod expand;
mod parse;

use obs_schema::option::Target;
use proc_macro2::TokenStream;
use syn::{DeriveInput, Expr, Fields, Generics, Ident, Type};

use crate::crate_path::CratePath;
use crate::derive::{Context, Derive, derive};
use crate::diag::Diag;

/// Expands `#[derive(Redact)]`.
#[must_use]
pub fn derive_redact(input: TokenStream) -> TokenStream {
    derive::<Redact>(input)
}

/// The type.
struct Redact {
    krate: CratePath,
    ident: Ident,
    generics: Generics,
    shapes: Vec<Shape>,
}

/// A variant, or the struct as a whole.
struct Shape {
    /// `None` for a struct.
    variant: Option<Ident>,
    style: Style,
    fields: Vec<Field>,
}

enum Style {
    Named,
    Tuple,
    Unit,
}

struct Field {
    /// `None` in a tuple.
    ident: Option<Ident>,
    ty: Type,
    show: Show,
}

/// What of a field is shown.
enum Show {
    All,
    Nothing,
    Last(u64),
    With(Expr),
}

impl Style {
    fn of(fields: &Fields) -> Self {
        match fields {
            Fields::Named(_) => Self::Named,
            Fields::Unnamed(_) => Self::Tuple,
            Fields::Unit => Self::Unit,
        }
    }
}

impl Derive for Redact {
    const TARGET: Target = Target::RedactType;
    const ATTRIBUTE: &'static str = "redact";

    fn parse(item: &DeriveInput, context: Context, diag: &mut Diag) -> Option<Self> {
        parse::parse(item, context, diag)
    }

    fn check(&self, _: &mut Diag) {}

    fn expand(&self) -> TokenStream {
        expand::expand(self)
    }

    fn stand_in(item: &DeriveInput, _: &CratePath) -> TokenStream {
        expand::stand_in(item)
    }
}
