//! The parameters of a function: what an expression in an attribute can name.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident};
use syn::ext::IdentExt as _;
use syn::visit::Visit;
use syn::visit_mut::{VisitMut, visit_trait_bound_mut, visit_type_fn_ptr_mut, visit_type_mut};
use syn::{
    FnArg, GenericParam, Generics, Lifetime, Pat, PatIdent, Receiver, ReceiverKind, Signature,
    TraitBound, Type, TypeFnPtr,
};

/// The parameters of a function, and the generics that no item inside it can name.
#[derive(Clone, Default)]
pub struct Params {
    list: Vec<Param>,
    generics: Vec<Ident>,
}

#[derive(Clone)]
struct Param {
    pattern: TokenStream,
    /// The names that the pattern binds.
    names: Vec<String>,
    ty: Option<Type>,
}

impl Params {
    /// Reads them off a signature.
    #[must_use]
    pub fn of(sig: &Signature) -> Self {
        let mut params = Self::default();
        params.outer_generics(&sig.generics);
        params.list = sig.inputs.iter().map(Param::of).collect();
        params
    }

    /// Adds the generics of an `impl` block around the function.
    pub fn outer_generics(&mut self, generics: &Generics) {
        self.generics
            .extend(generics.params.iter().filter_map(|param| match param {
                GenericParam::Type(param) => Some(param.ident.clone()),
                GenericParam::Const(param) => Some(param.ident.clone()),
                GenericParam::Lifetime(_) => None,
            }));
    }

    /// Says what `Self` is, when the `impl` block around the function shows it.
    pub fn self_is(&mut self, self_ty: &Type) {
        for param in &mut self.list {
            if let Some(ty) = &mut param.ty {
                ReplaceSelf(self_ty).visit_type_mut(ty);
            }
        }
    }

    /// Whether a parameter or a const generic has this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.names().any(|known| known == name) || self.generics.iter().any(|ident| ident == name)
    }

    /// The names that can be used.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.list
            .iter()
            .flat_map(|param| param.names.iter().map(String::as_str))
    }

    /// The type of the parameter with exactly this name.
    #[must_use]
    pub fn type_of(&self, name: &Ident) -> Option<&Type> {
        let name = name.unraw();
        self.list
            .iter()
            .find(|param| param.pattern_is(&name))
            .and_then(|param| param.ty.as_ref())
    }

    /// The type as an expression inside the function's items can write it: without the names of lifetimes.
    /// `None` if it depends on generics, on `Self` or on inference.
    #[must_use]
    pub fn nameable(&self, ty: &Type) -> Option<Type> {
        if self.mentions_generics(&ty.to_token_stream()) {
            return None;
        }
        let mut finder = Unnameable(false);
        finder.visit_type(ty);
        if finder.0 {
            return None;
        }
        let mut ty = ty.clone();
        ElidedLifetimes.visit_type_mut(&mut ty);
        Some(ty)
    }

    /// Whether tokens mention a type or const parameter, or `Self`.
    #[must_use]
    pub fn mentions_generics(&self, tokens: &TokenStream) -> bool {
        idents(tokens).iter().any(|ident| {
            *ident == "Self" || self.generics.contains(ident) || is_like_a_parameter(ident)
        })
    }

    /// The parameters that an expression names, as a pattern and a type for a closure outside of the
    /// function. `None` if one of their types cannot be named there.
    #[must_use]
    pub fn named_in(&self, expr: &TokenStream) -> Option<(Vec<TokenStream>, Vec<Type>)> {
        let names: Vec<String> = idents(expr)
            .iter()
            .map(|ident| ident.unraw().to_string())
            .collect();
        let used = self
            .list
            .iter()
            .filter(|param| param.names.iter().any(|name| names.contains(name)));
        let mut patterns = Vec::new();
        let mut types = Vec::new();
        for param in used {
            types.push(self.nameable(param.ty.as_ref()?)?);
            patterns.push(param.pattern.clone());
        }
        Some((patterns, types))
    }
}

impl Param {
    fn of(arg: &FnArg) -> Self {
        match arg {
            FnArg::Receiver(receiver) => Self {
                pattern: outer_self().to_token_stream(),
                names: vec!["self".to_owned()],
                ty: Some(receiver_type(receiver)),
            },
            FnArg::Typed(typed) => {
                let mut names = Bound(Vec::new());
                names.visit_pat(&typed.pat);
                Self {
                    pattern: typed.pat.to_token_stream(),
                    names: names.0,
                    ty: Some((*typed.ty).clone()),
                }
            }
        }
    }

    /// Whether the parameter is bound to this name as a whole.
    fn pattern_is(&self, name: &Ident) -> bool {
        let is_name =
            |token: &TokenTree| matches!(token, TokenTree::Ident(ident) if ident.unraw() == *name);
        let mut tokens = self
            .pattern
            .clone()
            .into_iter()
            .filter(|token| !matches!(token, TokenTree::Ident(ident) if ident == "mut"));
        tokens.next().is_some_and(|token| is_name(&token)) && tokens.next().is_none()
    }
}

/// What `self` is called outside of the function.
#[must_use]
pub fn outer_self() -> Ident {
    format_ident!("__obs_self")
}

/// Tokens with another name for `self`.
#[must_use]
pub fn rename_self(tokens: TokenStream) -> TokenStream {
    let rename = |token| match token {
        TokenTree::Ident(ident) if ident == "self" => {
            let mut renamed = outer_self();
            renamed.set_span(ident.span());
            TokenTree::Ident(renamed)
        }
        TokenTree::Group(group) => {
            let mut renamed =
                proc_macro2::Group::new(group.delimiter(), rename_self(group.stream()));
            renamed.set_span(group.span());
            TokenTree::Group(renamed)
        }
        other => other,
    };
    tokens.into_iter().map(rename).collect()
}

/// Every identifier that is not a field or a method, in all groups.
pub(crate) fn idents(tokens: &TokenStream) -> Vec<Ident> {
    let mut found = Vec::new();
    let mut after_dot = false;
    for token in tokens.clone() {
        let is_dot = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '.');
        match token {
            TokenTree::Ident(ident) if !after_dot => found.push(ident),
            TokenTree::Group(group) => found.extend(idents(&group.stream())),
            _ => {}
        }
        // After the second dot of `0..n` stands a name.
        after_dot = is_dot && !after_dot;
    }
    found
}

/// Whether tokens name a variable, be it in a format string.
pub(crate) fn is_mentioned(name: &Ident, tokens: &TokenStream) -> bool {
    idents(tokens).contains(name) || is_printed(name, tokens)
}

/// Whether a format string names it: `"{order}"`.
fn is_printed(name: &Ident, tokens: &TokenStream) -> bool {
    let opening = format!("{{{name}");
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Literal(literal) => literal.to_string().contains(&opening),
        TokenTree::Group(group) => is_printed(name, &group.stream()),
        _ => false,
    })
}

/// A single capital is a type parameter of an `impl` block that the function's attribute cannot see.
fn is_like_a_parameter(ident: &Ident) -> bool {
    let text = ident.to_string();
    text.len() == 1 && text.starts_with(|c: char| c.is_ascii_uppercase())
}

fn receiver_type(receiver: &Receiver) -> Type {
    match &receiver.kind {
        ReceiverKind::Reference(_, _, Some(_)) => syn::parse_quote!(&mut Self),
        ReceiverKind::Reference(..) => syn::parse_quote!(&Self),
        ReceiverKind::Typed(_, ty) => (**ty).clone(),
        _ => syn::parse_quote!(Self),
    }
}

struct Bound(Vec<String>);

impl Visit<'_> for Bound {
    fn visit_pat_ident(&mut self, pat: &PatIdent) {
        self.0.push(pat.ident.unraw().to_string());
        if let Some((_, inner)) = &pat.subpat {
            Visit::visit_pat(self, inner);
        }
    }

    fn visit_pat(&mut self, pat: &Pat) {
        syn::visit::visit_pat(self, pat);
    }
}

struct Unnameable(bool);

impl Visit<'_> for Unnameable {
    fn visit_type(&mut self, ty: &Type) {
        match ty {
            Type::ImplTrait(_) | Type::Infer(_) | Type::Macro(_) | Type::Verbatim(_) => {
                self.0 = true;
            }
            _ => syn::visit::visit_type(self, ty),
        }
    }
}

struct ElidedLifetimes;

impl VisitMut for ElidedLifetimes {
    fn visit_type_fn_ptr_mut(&mut self, ty: &mut TypeFnPtr) {
        // Its own lifetimes keep their names.
        if ty.lifetimes.is_none() {
            visit_type_fn_ptr_mut(self, ty);
        }
    }

    fn visit_trait_bound_mut(&mut self, bound: &mut TraitBound) {
        if bound.lifetimes.is_none() {
            visit_trait_bound_mut(self, bound);
        }
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        *lifetime = Lifetime::new("'_", lifetime.span());
    }

    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Reference(reference) = ty {
            // As it is shown in errors about the function itself, so that both are one.
            reference.lifetime = None;
        }
        visit_type_mut(self, ty);
    }
}

struct ReplaceSelf<'a>(&'a Type);

impl VisitMut for ReplaceSelf<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        match ty {
            Type::Path(path) if path.qself.is_none() && path.path.is_ident("Self") => {
                *ty = self.0.clone();
            }
            _ => visit_type_mut(self, ty),
        }
    }
}

#[cfg(test)]
mod tests;
