//! The order in which parameters end.
//!
//! Parameters of a function are dropped from the last to the first. What a closure or an `async` block
//! captures is dropped in the order in which it is mentioned. So they are mentioned, from the last to the
//! first, before the body does it in its own order.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::visit::Visit;
use syn::{FnArg, PatIdent, ReceiverKind, Type};

use crate::crate_path::CratePath;
use crate::func::{Body, Func};
use crate::params::is_mentioned;
use crate::return_ty::peeled;

/// A statement that captures the parameters in order, if the order can be seen.
///
/// Of a body that is repeated, what it does not mention stays outside, for the next time.
pub(super) fn in_order(
    krate: &CratePath,
    func: &Func,
    body: &Body,
    is_repeated: bool,
) -> TokenStream {
    let mut owned: Vec<Ident> = func.sig.inputs.iter().flat_map(owned_names).collect();
    // To mention one that the body does not would hide that it is unused, unless its name says so.
    owned.retain(|name| {
        let is_kept = is_underscored(name) && !is_repeated;
        is_kept || is_mentioned(name, &body.tokens)
    });
    if owned.len() < 2 {
        return TokenStream::new();
    }
    let last_first = owned.iter().rev();
    let allowed = owned
        .iter()
        .any(is_underscored)
        .then(|| quote!(#[allow(clippy::used_underscore_binding)]));
    quote!(#allowed #krate::__private::capture((#(&#last_first),*));)
}

fn is_underscored(name: &Ident) -> bool {
    name.to_string().starts_with('_')
}

/// The names that a parameter binds to what may have to be dropped.
fn owned_names(parameter: &FnArg) -> Vec<Ident> {
    match parameter {
        FnArg::Receiver(receiver) => match &receiver.kind {
            ReceiverKind::Reference(..) => Vec::new(),
            _ => vec![Ident::from(receiver.self_token)],
        },
        FnArg::Typed(typed) => {
            // One that may not be there cannot be mentioned.
            let is_conditional = typed.attrs.iter().any(|attr| attr.path().is_ident("cfg"));
            if is_conditional || is_borrowed(&typed.ty) {
                return Vec::new();
            }
            let mut names = Names(Vec::new());
            names.visit_pat(&typed.pat);
            names.0
        }
    }
}

fn is_borrowed(ty: &Type) -> bool {
    matches!(peeled(ty), Type::Reference(_) | Type::Ptr(_))
}

struct Names(Vec<Ident>);

impl Visit<'_> for Names {
    fn visit_pat_ident(&mut self, pat: &PatIdent) {
        self.0.push(pat.ident.clone());
        if let Some((_, inner)) = &pat.subpat {
            self.visit_pat(inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captured(function: &str) -> String {
        let func: Func = syn::parse_str(function).unwrap();
        let body = func.body.clone().unwrap();
        let tokens = in_order(&CratePath::default(), &func, &body, false).to_string();
        let arguments = tokens.split_once("capture (").map(|(_, rest)| rest);
        arguments
            .map(|rest| rest.trim_end_matches(" ;").replace(' ', ""))
            .unwrap_or_default()
    }

    #[test]
    fn from_the_last_to_the_first() {
        assert_eq!(
            captured("fn f(self, (a, mut b): (A, B), c: C) { self.x(c + a, b) }"),
            "(&c,&b,&a,&self))"
        );
        assert_eq!(
            captured("fn f(a: A, b: B) { println!(\"{a}{b:?}\") }"),
            "(&b,&a))"
        );
    }

    #[test]
    fn only_what_the_body_mentions_and_owns() {
        assert_eq!(
            captured("fn f(a: A, b: B, _: C, d: &D) { a.b(d); b.a; }"),
            "(&b,&a))"
        );
        assert_eq!(
            captured("fn f(a: A, _guard: G, #[cfg(x)] c: C, d: D) { a; c }"),
            "(&_guard,&a))"
        );
        assert_eq!(
            captured("fn f(&self, a: A, b: B) { self.a.b(a, 0..1) }"),
            ""
        );
    }
}
