//! The way that every derive goes.

use proc_macro2::TokenStream;
use syn::{Attribute, DeriveInput};

use crate::crate_path::CratePath;
use crate::diag::Diag;
use crate::options::Options;
use obs_schema::option::Target;

/// A derive: its model, and the stages that make, check and print it.
pub(crate) trait Derive: Sized {
    /// Where the options of the whole item are described.
    const TARGET: Target;
    /// The attribute that holds them.
    const ATTRIBUTE: &'static str;

    /// Reads the item. A mistake in a part of it leaves a model of the rest;
    /// `None` means that the derive does not fit this item at all.
    fn parse(item: &DeriveInput, context: Context, diag: &mut Diag) -> Option<Self>;

    /// Holds the parts against each other.
    fn check(&self, diag: &mut Diag);

    /// The implementation.
    fn expand(&self) -> TokenStream;

    /// An implementation that does nothing, for an item that the derive does not fit: what uses
    /// the item then brings no errors of its own.
    fn stand_in(item: &DeriveInput, krate: &CratePath) -> TokenStream;
}

/// What the item's own attributes say.
pub(crate) struct Context {
    /// The options of the whole item.
    pub(crate) options: Options,
    /// Where the runtime is.
    pub(crate) krate: CratePath,
}

impl Context {
    fn of<D: Derive>(attrs: &[Attribute], diag: &mut Diag) -> Self {
        let options = Options::of(D::TARGET, D::ATTRIBUTE, attrs, diag);
        let krate = CratePath::of(&options, diag);
        Self { options, krate }
    }
}

/// Runs a derive. Mistakes are added to the implementation, not put in its place.
pub(crate) fn derive<D: Derive>(input: TokenStream) -> TokenStream {
    let mut diag = Diag::new();
    let Some(item) = diag.ok(syn::parse2::<DeriveInput>(input)) else {
        return diag.finish().err().unwrap_or_default();
    };
    let mut output = implement::<D>(&item, &mut diag);
    if let Err(errors) = diag.finish() {
        output.extend(errors);
    }
    output
}

fn implement<D: Derive>(item: &DeriveInput, diag: &mut Diag) -> TokenStream {
    let context = Context::of::<D>(&item.attrs, diag);
    let krate = context.krate.clone();
    match D::parse(item, context, diag) {
        Some(model) => {
            model.check(diag);
            model.expand()
        }
        None => D::stand_in(item, &krate),
    }
}
