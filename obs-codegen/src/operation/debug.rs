//! `#[debug_trace]`: a call that is logged while a flag is on.

use proc_macro2::Ident;
use syn::ext::IdentExt as _;
use syn::visit::Visit;
use syn::{Expr, FnArg, PatIdent};

use super::argument::check_names;
use super::kind::Part;
use super::{Judgement, Operation, Place};
use crate::crate_path::CratePath;
use crate::diag::Diag;
use crate::func::Func;

/// What is logged of a call.
pub struct DebugTrace {
    /// Where the runtime is.
    pub krate: CratePath,
    /// The flag.
    pub flag: String,
    /// The function's path below its module.
    pub function: String,
    /// The parameters that are logged, if they are `Debug`.
    pub parameters: Vec<Ident>,
    /// How the returned value is judged.
    pub judgement: Judgement,
}

/// Where the runtime is, as far as these attributes and the block around them say.
pub fn krate(parts: &[Part], place: &Place, diag: &mut Diag) -> Option<CratePath> {
    let given = parts.iter().find(|part| part.options.flag("crate"));
    match given {
        Some(part) => Some(CratePath::of(&part.options, diag)),
        None => place.krate.clone(),
    }
}

/// Resolves the attribute. `operation` is what the others make of the function.
pub fn model(
    func: &Func,
    part: &Part,
    operation: Option<&Operation>,
    place: &Place,
    krate: Option<&CratePath>,
    diag: &mut Diag,
) -> Option<DebugTrace> {
    let skipped = part.options.names("skip");
    let skipped = skipped.map_or(&[][..], |skipped| skipped.value);
    let params = func.params();
    for name in skipped {
        let name: Expr = syn::parse_quote!(#name);
        check_names(&name, &params, diag);
    }
    let mut parameters = parameters(func);
    parameters.retain(|name| !skipped.contains(name));
    let krate = krate.or(operation.map(|operation| &operation.krate));
    Some(DebugTrace {
        krate: krate.cloned().unwrap_or_default(),
        flag: part.options.text("flag")?.value.to_owned(),
        function: place.path(func),
        parameters,
        judgement: operation.map_or(Judgement::ByType, |operation| operation.judgement.clone()),
    })
}

/// The names that the parameters bind, but for `self` and those that say that they are not used.
fn parameters(func: &Func) -> Vec<Ident> {
    let mut names = Names(Vec::new());
    for parameter in &func.sig.inputs {
        if let FnArg::Typed(typed) = parameter
            // One that may not be there cannot be mentioned.
            && !typed.attrs.iter().any(|attr| attr.path().is_ident("cfg"))
        {
            names.visit_pat(&typed.pat);
        }
    }
    names.0
}

struct Names(Vec<Ident>);

impl Visit<'_> for Names {
    fn visit_pat_ident(&mut self, pat: &PatIdent) {
        if !pat.ident.unraw().to_string().starts_with('_') {
            self.0.push(pat.ident.clone());
        }
        if let Some((_, inner)) = &pat.subpat {
            self.visit_pat(inner);
        }
    }
}
