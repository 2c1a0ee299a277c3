//! `fallback = path`: a function of the same parameters and the error.

use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Expr, FnArg, Ident, Pat, ReceiverKind, Type};

use super::super::expand::local;
use crate::diag::Diag;
use crate::func::Func;
use crate::return_ty::peeled;

/// What gives the value when the body did not.
pub struct Fallback {
    /// The function.
    pub path: Expr,
    /// What it gets, before the error.
    pub arguments: Vec<Saved>,
}

/// A parameter, kept for the fallback while the body has its own.
pub struct Saved {
    /// The parameter.
    pub name: Ident,
    /// The variable that has its value; the parameter itself if that stays.
    pub variable: Ident,
    /// Whether the body may take the value, so that a clone of it is kept.
    pub is_cloned: bool,
}

pub(super) fn model(func: &Func, path: &Expr, diag: &mut Diag) -> Option<Fallback> {
    let parameters = func.sig.inputs.iter();
    let arguments: Vec<Option<Saved>> = parameters.map(|one| saved(one, diag)).collect();
    Some(Fallback {
        path: path.clone(),
        arguments: arguments.into_iter().collect::<Option<_>>()?,
    })
}

fn saved(parameter: &FnArg, diag: &mut Diag) -> Option<Saved> {
    let (name, is_shared, is_changed) = match parameter {
        FnArg::Receiver(receiver) => {
            let (is_shared, is_changed) = match &receiver.kind {
                ReceiverKind::Reference(_, _, mutability) => {
                    (mutability.is_none(), mutability.is_some())
                }
                ReceiverKind::Typed(_, ty) => of_type(ty),
                _ => (false, false),
            };
            (Ident::from(receiver.self_token), is_shared, is_changed)
        }
        FnArg::Typed(typed) => {
            let Pat::Ident(pat) = &*typed.pat else {
                diag.error(
                    typed.pat.span(),
                    "`fallback` hands the parameters on, so each needs a name; take it apart in the body",
                );
                return None;
            };
            let (is_shared, is_changed) = of_type(&typed.ty);
            (pat.ident.clone(), is_shared, is_changed)
        }
    };
    if is_changed {
        diag.error(
            name.span(),
            format_args!(
                "`fallback` cannot have `{name}`, which the body may have changed; take it by `&` or by value"
            ),
        );
        return None;
    }
    let variable = match is_shared {
        true => name.clone(),
        false => local(&format!("__obs_kept_{}", name.unraw())),
    };
    Some(Saved {
        name,
        variable,
        is_cloned: !is_shared,
    })
}

/// Whether a type is a reference that stays although the body has it, and whether it is one that the body may
/// change.
pub(super) fn of_type(ty: &Type) -> (bool, bool) {
    match peeled(ty) {
        Type::Reference(reference) => (
            reference.mutability.is_none(),
            reference.mutability.is_some(),
        ),
        _ => (false, false),
    }
}
