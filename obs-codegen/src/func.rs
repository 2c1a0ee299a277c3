//! An annotated function: attributes, signature, and a body that stays as it is.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned as _;
use syn::{
    AttrStyle, Attribute, FnArg, Ident, Meta, Path, Signature, Token, Visibility, parse_quote,
    token,
};

use crate::leaving;
use crate::params::Params;
use crate::return_ty::Returned;

/// A function, free or in an `impl` or a trait.
#[derive(Clone)]
pub struct Func {
    /// Its attributes, without ours.
    pub attrs: Vec<Attribute>,
    /// Attributes at the start of its body: `#![allow(..)]`.
    pub inner_attrs: Vec<Attribute>,
    /// Its visibility.
    pub vis: Visibility,
    /// `default`, which only the compiler's own specialisation uses.
    pub defaultness: Option<Token![default]>,
    /// Its signature.
    pub sig: Signature,
    /// Its body; `None` for a declaration in a trait.
    pub body: Option<Body>,
}

/// A body in braces, as tokens.
#[derive(Clone)]
pub struct Body {
    /// What is between the braces, without inner attributes.
    pub tokens: TokenStream,
    /// The braces.
    pub span: Span,
}

impl Func {
    /// What the function returns, and how.
    #[must_use]
    pub fn returned(&self) -> Returned {
        Returned::of(&self.sig)
    }

    /// Its parameters.
    #[must_use]
    pub fn params(&self) -> Params {
        Params::of(&self.sig)
    }

    /// Whether it takes `self`.
    #[must_use]
    pub fn is_method(&self) -> bool {
        matches!(self.sig.inputs.first(), Some(FnArg::Receiver(_)))
    }

    /// The name of the function, without `r#`.
    #[must_use]
    pub fn name(&self) -> String {
        use syn::ext::IdentExt as _;
        self.sig.ident.unraw().to_string()
    }

    /// Whether it has `#[track_caller]`, maybe behind a `cfg_attr`.
    #[must_use]
    pub fn is_tracked(&self) -> bool {
        self.attrs.iter().any(|attr| {
            let is_conditional = attr.path().is_ident("cfg_attr");
            attr.path().is_ident("track_caller")
                || (is_conditional && mentions(&attr.meta.to_token_stream(), "track_caller"))
        })
    }

    /// The function as it is. `taken` are the paths of attributes that were taken off it: their imports
    /// must not look unused.
    #[must_use]
    pub fn unchanged(&self, taken: &[Path]) -> TokenStream {
        let mut inside = used(taken);
        if let Some(body) = &self.body {
            inside.extend(body.tokens.clone());
        }
        self.with_body(inside)
    }

    /// The function with `#[expect(clippy::..)]` as `#[allow(clippy::..)]`: clippy may find nothing in an
    /// expansion of what it finds in the body alone.
    #[must_use]
    pub fn without_expectations(&self) -> Self {
        let mut func = self.clone();
        for attr in &mut func.attrs {
            let Meta::List(list) = &mut attr.meta else {
                continue;
            };
            if list.path.is_ident("expect") && mentions(&list.tokens, "clippy") {
                let at = Span::call_site().located_at(list.path.span());
                list.path = Ident::new("allow", at).into();
            }
        }
        func
    }

    /// The function, in which this lint of clippy may find what it likes.
    #[must_use]
    pub fn allowing(mut self, lint: &Path) -> Self {
        self.attrs.push(parse_quote!(#[allow(#lint)]));
        self
    }

    /// The function with other tokens in its body.
    #[must_use]
    pub fn with_body(&self, tokens: TokenStream) -> TokenStream {
        let mut output = TokenStream::new();
        for attr in &self.attrs {
            attr.to_tokens(&mut output);
        }
        self.vis.to_tokens(&mut output);
        self.defaultness.to_tokens(&mut output);
        self.sig.to_tokens(&mut output);
        match &self.body {
            None => Token![;](Span::call_site()).to_tokens(&mut output),
            Some(body) => {
                let mut inside = TokenStream::new();
                for attr in &self.inner_attrs {
                    attr.to_tokens(&mut inside);
                }
                inside.extend(tokens);
                output.extend([body.braced(inside)]);
            }
        }
        output
    }
}

impl Body {
    /// Whether something in it may leave the function: `return`, `?`, or a macro that is not one of the
    /// standard library's.
    #[must_use]
    pub fn may_leave(&self) -> bool {
        leaving::may_leave(&self.tokens)
    }

    /// The body as a block of its own.
    #[must_use]
    pub fn block(&self) -> TokenTree {
        self.braced(self.tokens.clone())
    }

    /// The body as a block at the end of another one. Its braces belong to the expansion: no lint finds
    /// them needless.
    #[must_use]
    pub fn last_block(&self) -> TokenTree {
        let mut group = Group::new(Delimiter::Brace, self.tokens.clone());
        group.set_span(Span::call_site().located_at(self.span));
        TokenTree::Group(group)
    }

    /// Other tokens in these braces: the length of a function is that of its source.
    fn braced(&self, tokens: TokenStream) -> TokenTree {
        let mut group = Group::new(Delimiter::Brace, tokens);
        group.set_span(self.span);
        TokenTree::Group(group)
    }
}

impl Parse for Func {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let defaultness = if input.peek(Token![default]) && !input.peek2(Token![=>]) {
            Some(input.parse()?)
        } else {
            None
        };
        let sig = input.parse()?;
        let mut func = Self {
            attrs,
            inner_attrs: Vec::new(),
            vis,
            defaultness,
            sig,
            body: None,
        };
        if input.peek(Token![;]) {
            input.parse::<Token![;]>()?;
            return Ok(func);
        }
        let content;
        let braces: token::Brace = syn::braced!(content in input);
        func.inner_attrs = content.call(Attribute::parse_inner)?;
        func.body = Some(Body {
            tokens: content.parse()?,
            span: braces.span.span(),
        });
        Ok(func)
    }
}

/// What stands where a function should be: the word for it and the token that says so.
#[must_use]
pub fn other_item(item: &TokenStream) -> Option<(&'static str, Ident)> {
    const KEYWORDS: &[(&str, &str)] = &[
        ("struct", "a struct"),
        ("enum", "an enum"),
        ("union", "a union"),
        ("trait", "a trait"),
        ("impl", "an `impl` block"),
        ("mod", "a module"),
        ("type", "a type alias"),
        ("static", "a static"),
        ("use", "an import"),
        ("macro_rules", "a macro"),
        ("let", "a statement"),
        ("const", "a constant"),
        ("safe", "a foreign function"),
        ("extern", "an `extern` block"),
    ];
    let parser = |input: ParseStream<'_>| {
        input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        let rest: TokenStream = input.parse()?;
        Ok(rest)
    };
    let rest = syn::parse::Parser::parse2(parser, item.clone()).ok()?;
    let mut modifiers = rest.into_iter();
    let first = modifiers.find_map(|token| match token {
        // `unsafe impl`, `auto trait`
        TokenTree::Ident(ident) if ident == "unsafe" || ident == "auto" => None,
        token => Some(token),
    })?;
    let TokenTree::Ident(ident) = first else {
        return None;
    };
    let (_, what) = KEYWORDS.iter().find(|(keyword, _)| ident == keyword)?;
    let qualifies_a_function = ident == "const" || ident == "extern";
    if qualifies_a_function && modifiers.any(|token| is_fn(&token)) {
        return None;
    }
    Some((what, ident))
}

/// Statements that use attributes that were taken off a function.
#[must_use]
pub fn used(taken: &[Path]) -> TokenStream {
    quote!(#(#[allow(unused_imports)] use #taken as _;)*)
}

fn mentions(tokens: &TokenStream, name: &str) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => mentions(&group.stream(), name),
        _ => false,
    })
}

fn is_fn(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == "fn")
}

/// Moves the attributes for which `take` gives something out of a list.
pub fn take_attributes<T>(
    attrs: &mut Vec<Attribute>,
    mut take: impl FnMut(&Attribute) -> Option<T>,
) -> Vec<T> {
    let mut taken = Vec::new();
    attrs.retain(|attr| {
        if matches!(attr.style, AttrStyle::Inner(_)) {
            return true;
        }
        match take(attr) {
            Some(found) => {
                taken.push(found);
                false
            }
            None => true,
        }
    });
    taken
}

/// The span of an attribute's name, for errors about the attribute as a whole.
#[must_use]
pub fn name_span(attr: &Attribute) -> Span {
    attr.path().span()
}
