//! `#[derive(Label)]`: an enum without fields as a label with a closed set of values.

mod check;
mod expand;
mod parse;

use obs_schema::option::Target;
use proc_macro2::TokenStream;
use syn::{DeriveInput, Generics, Ident};

use crate::crate_path::CratePath;
use crate::derive::{Context, Derive, derive};
use crate::diag::Diag;

/// Expands `#[derive(Label)]`.
#[must_use]
pub fn derive_label(input: TokenStream) -> TokenStream {
    derive::<Label>(input)
}

/// The enum.
struct Label {
    krate: CratePath,
    ident: Ident,
    generics: Generics,
    values: Vec<Value>,
}

/// A variant.
struct Value {
    ident: Ident,
    /// The value of the label.
    text: String,
    /// What to point at in errors about the value: the literal of `rename`, or the variant.
    place: TokenStream,
}

impl Derive for Label {
    const TARGET: Target = Target::LabelEnum;
    const ATTRIBUTE: &'static str = "label";

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
