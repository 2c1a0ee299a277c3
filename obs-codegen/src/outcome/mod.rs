//! `#[derive(Outcome)]`: what an error means to the callee.

mod expand;
mod parse;

use obs_schema::option::Target;
use proc_macro2::TokenStream;
use syn::{DeriveInput, Generics, Ident, Member, Type};

use crate::crate_path::CratePath;
use crate::derive::{Context, Derive, derive};
use crate::diag::Diag;

/// Expands `#[derive(Outcome)]`.
#[must_use]
pub fn derive_outcome(input: TokenStream) -> TokenStream {
    derive::<Outcome>(input)
}

/// The error type.
struct Outcome {
    krate: CratePath,
    ident: Ident,
    generics: Generics,
    arms: Vec<Arm>,
}

/// A variant, or the struct as a whole.
struct Arm {
    /// `None` for a struct.
    variant: Option<Ident>,
    class: Class,
}

enum Class {
    /// A variant of the runtime's `Class`.
    Named(&'static str),
    /// The class of the one field.
    OfField { member: Member, ty: Box<Type> },
}

impl Derive for Outcome {
    // The options of an enum are among those of a struct; `parse` refuses the rest.
    const TARGET: Target = Target::OutcomeStruct;
    const ATTRIBUTE: &'static str = "outcome";

    fn parse(item: &DeriveInput, context: Context, diag: &mut Diag) -> Option<Self> {
        parse::parse(item, context, diag)
    }

    fn check(&self, _: &mut Diag) {}

    fn expand(&self) -> TokenStream {
        expand::expand(self)
    }

    fn stand_in(item: &DeriveInput, krate: &CratePath) -> TokenStream {
        expand::stand_in(item, krate)
    }
}
