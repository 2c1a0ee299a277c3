//! Whether a body can be run twice, and what each time has to have.

use proc_macro2::Ident;
use syn::spanned::Spanned as _;
use syn::{FnArg, Pat, ReceiverKind, Type};

use super::fallback::of_type;
use crate::diag::Diag;
use crate::func::Func;
use crate::operation::kind::{Kind, Part};
use crate::params::is_mentioned;

/// What is known of calls that are carried out twice.
pub enum Repetition {
    /// Nothing.
    Unknown,
    /// They do no harm.
    Harmless,
    /// They are of this HTTP method, which may do harm.
    Harmful(String),
}

/// A parameter of which each attempt has its own.
pub struct Repeated {
    /// The parameter.
    pub name: Ident,
    /// Whether the body may change it.
    pub is_mut: bool,
}

/// Methods that are idempotent by RFC 9110, section 9.2.2.
const IDEMPOTENT: &[&str] = &["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"];

impl Repetition {
    /// Reads it off the attributes around a policy.
    #[must_use]
    pub fn of(parts: &[Part]) -> Self {
        let text = |kind: Kind, option: &str| {
            let part = parts.iter().find(|part| part.kind == kind)?;
            Some(part.options.text(option)?.value.to_owned())
        };
        if let Some(method) = text(Kind::TrackExternalApi, "method") {
            return match IDEMPOTENT.contains(&&*method.to_uppercase()) {
                true => Self::Harmless,
                false => Self::Harmful(method),
            };
        }
        let operation = text(Kind::TrackDbQuery, "operation");
        match operation.is_some_and(|operation| operation.eq_ignore_ascii_case("select")) {
            true => Self::Harmless,
            false => Self::Unknown,
        }
    }

    /// Reports a retry of what may do harm.
    pub(super) fn check(&self, part: &Part, diag: &mut Diag) {
        if part.options.flag("idempotent") {
            return;
        }
        let why = match self {
            Self::Harmless => return,
            Self::Unknown => "nothing says that this does no harm".to_owned(),
            Self::Harmful(method) => format!("a `{method}` may do harm the second time"),
        };
        diag.error(
            part.span,
            format_args!(
                "`#[retry]` may carry out the same call twice, and {why}; write `#[retry(idempotent)]` if it is safe, or \
                 remove it"
            ),
        );
    }
}

/// The parameters that the body may take or change.
pub(super) fn parameters(func: &Func, diag: &mut Diag) -> Vec<Repeated> {
    let parameters = func.sig.inputs.iter();
    parameters
        .filter_map(|parameter| match parameter {
            FnArg::Receiver(receiver) => {
                let is_shared = match &receiver.kind {
                    ReceiverKind::Reference(_, _, mutability) => mutability.is_none(),
                    ReceiverKind::Typed(_, ty) => of_type(ty).0,
                    _ => false,
                };
                if !is_shared {
                    let what = "`#[retry]` runs the body again, so it cannot have a `self` that the first attempt takes or \
                                changes; take `&self`";
                    diag.error(receiver.self_token.span, what);
                }
                None
            }
            FnArg::Typed(typed) => repeated(func, &typed.pat, &typed.ty, diag),
        })
        .collect()
}

fn repeated(func: &Func, pat: &Pat, ty: &Type, diag: &mut Diag) -> Option<Repeated> {
    let (is_shared, is_changed) = of_type(ty);
    let pat = match pat {
        Pat::Ident(pat) => pat,
        Pat::Wild(_) => return None,
        other => {
            let what = "`#[retry]` runs the body again, so each parameter needs a name; take it apart in the body";
            diag.error(other.span(), what);
            return None;
        }
    };
    if is_changed {
        diag.error(
            pat.ident.span(),
            format_args!(
                "`#[retry]` runs the body again, so it cannot have `{}`, which the first attempt may have changed; take it \
                 by `&` or by value",
                pat.ident
            ),
        );
        return None;
    }
    let is_mut = pat.mutability.is_some();
    let is_needed = !is_shared || is_mut;
    // To mention one whose name says that it is unused would make it used.
    let is_underscored = pat.ident.to_string().starts_with('_');
    let body = func.body.as_ref()?;
    let is_unused = is_underscored && !is_mentioned(&pat.ident, &body.tokens);
    (is_needed && !is_unused).then(|| Repeated {
        name: pat.ident.clone(),
        is_mut,
    })
}
