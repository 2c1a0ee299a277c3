//! `#[derive(Labels)]`: a struct as the labels of a metric family.

mod check;
mod expand;
mod parse;

use obs_schema::option::Target;
use proc_macro2::{Span, TokenStream};
use syn::{DeriveInput, Generics, Ident, Type};

use crate::crate_path::CratePath;
use crate::derive::{Context, Derive, derive};
use crate::diag::Diag;

pub(crate) use check::check;
pub(crate) use expand::expand;
pub(crate) use parse::values;

/// Expands `#[derive(Labels)]`.
#[must_use]
pub fn derive_labels(input: TokenStream) -> TokenStream {
    derive::<LabelSet>(input)
}

/// The struct.
pub(crate) struct LabelSet {
    pub(crate) krate: CratePath,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) labels: Vec<Label>,
}

/// A field.
pub(crate) struct Label {
    pub(crate) field: Ident,
    pub(crate) ty: Type,
    pub(crate) name: String,
    /// What to point at in errors about the name: the literal of `rename`, or the field.
    pub(crate) place: TokenStream,
    pub(crate) values: Values,
}

/// What the values of a field are.
pub(crate) enum Values {
    /// Those of its type, which implements `Label`.
    Finite,
    /// Any text, up to a number of series.
    Capped { max_series: u64, place: Span },
    /// Any text without a limit; that has been reported.
    Unbounded,
}

impl Derive for LabelSet {
    const TARGET: Target = Target::LabelsStruct;
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
