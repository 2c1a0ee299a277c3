//! `#[service]` on an `impl` block.

use obs_schema::option::Target;
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned as _;
use syn::{Attribute, ImplItem, ItemImpl, Meta, Path, Signature, Token, Type, Visibility};

use crate::crate_path::CratePath;
use crate::diag::Diag;
use crate::func::{Func, take_attributes};
use crate::operation::check::unwinds;
use crate::operation::kind::{Kind, Part, take_parts};
use crate::operation::{Place, one};
use crate::options::Options;
use crate::params::Params;
use crate::return_ty::peeled;

/// The block with every method as an operation, but for those with a mistake. `None` if it is no block.
pub(super) fn expand(
    arguments: TokenStream,
    item: TokenStream,
    diag: &mut Diag,
) -> Option<TokenStream> {
    let options = Options::parse(Target::ServiceImpl, arguments, diag);
    let krate = options.flag("crate").then(|| CratePath::of(&options, diag));
    let mut tokens: Vec<TokenTree> = item.into_iter().collect();
    let TokenTree::Group(body) = tokens.pop()? else {
        return None;
    };
    let place = place(&tokens, krate, diag)?;
    let mut inside = TokenStream::new();
    let parser = |input: ParseStream<'_>| {
        for attr in input.call(Attribute::parse_inner)? {
            attr.to_tokens(&mut inside);
        }
        while !input.is_empty() {
            inside.extend(member(input, &place, diag)?);
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(body.stream()) {
        diag.absorb(error);
        return None;
    }
    let mut body_with_operations = Group::new(Delimiter::Brace, inside);
    body_with_operations.set_span(body.span());
    tokens.push(TokenTree::Group(body_with_operations));
    Some(tokens.into_iter().collect())
}

/// Reads what is before the braces.
fn place(header: &[TokenTree], krate: Option<CratePath>, diag: &mut Diag) -> Option<Place> {
    let empty = TokenTree::Group(Group::new(Delimiter::Brace, TokenStream::new()));
    let header: TokenStream = header.iter().cloned().chain([empty]).collect();
    let block: ItemImpl = diag.ok(syn::parse2(header))?;
    let mut generics = Params::default();
    generics.outer_generics(&block.generics);
    Some(Place {
        owner: owner(&block.self_ty),
        self_ty: generics.nameable(&block.self_ty),
        generics: block.generics,
        krate,
    })
}

/// The name of a type in the names of operations.
fn owner(ty: &Type) -> String {
    match peeled(ty) {
        Type::Path(path) => {
            let last = path.path.segments.last();
            last.map_or_else(String::new, |last| last.ident.to_string())
        }
        Type::Reference(reference) => owner(&reference.elem),
        _ => String::new(),
    }
}

fn member(input: ParseStream<'_>, place: &Place, diag: &mut Diag) -> syn::Result<TokenStream> {
    if is_function(input) {
        return Ok(method(input.parse()?, place, diag));
    }
    Ok(input.parse::<ImplItem>()?.into_token_stream())
}

fn is_function(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    let start = ahead
        .call(Attribute::parse_outer)
        .and_then(|_| ahead.parse::<Visibility>())
        .and_then(|_| ahead.parse::<Option<Token![default]>>());
    start.is_ok() && ahead.parse::<Signature>().is_ok()
}

fn method(func: Func, place: &Place, diag: &mut Diag) -> TokenStream {
    // A mistake in one method leaves the others their operations.
    let mut found = Diag::new();
    let output = operation(func, place, &mut found);
    diag.append(found);
    output
}

fn operation(mut func: Func, place: &Place, diag: &mut Diag) -> TokenStream {
    let skip = take_skip(&mut func, diag);
    let mut parts = take_parts(&mut func, diag);
    let Some(skip) = skip else {
        parts.extend(implied(&func, &parts));
        return match parts.is_empty() || func.body.is_none() {
            true => func.unchanged(&[]),
            false => one(&func, parts, place, diag),
        };
    };
    if let Some(part) = parts.first() {
        diag.error(
            skip,
            format_args!(
                "`#[service(skip)]` contradicts `{}`; remove one",
                part.kind.as_str()
            ),
        );
    }
    let taken: Vec<Path> = parts.into_iter().filter_map(|part| part.path).collect();
    func.unchanged(&taken)
}

/// The operation that every method is; what is on the method refines it. What cannot be observed, such
/// as a `const fn`, is left as it is.
fn implied(func: &Func, parts: &[Part]) -> Option<Part> {
    let is_said = parts.iter().any(|part| part.kind == Kind::TraceRequest);
    (func.is_method() && is_observable(&func.sig) && !is_said).then(|| Part {
        kind: Kind::TraceRequest,
        span: func.sig.ident.span(),
        path: None,
        options: Options::none(Target::TraceRequest),
    })
}

fn is_observable(sig: &Signature) -> bool {
    sig.constness.is_none() && sig.abi.as_ref().is_none_or(unwinds)
}

/// Takes `#[service(..)]` off a method; the span of `skip` if that is in it.
fn take_skip(func: &mut Func, diag: &mut Diag) -> Option<Span> {
    let own = take_attributes(&mut func.attrs, |attr| {
        let last = attr.path().segments.last()?;
        (last.ident == "service").then(|| attr.clone())
    });
    let mut skip = None;
    for attr in own {
        let arguments = match &attr.meta {
            Meta::List(list) => list.tokens.clone(),
            _ => {
                diag.error(
                    attr.path().span(),
                    "every method of this block is an operation already; remove this, or write `#[service(skip)]`",
                );
                continue;
            }
        };
        let options = Options::parse(Target::ServiceMethod, arguments, diag);
        skip = skip.or(options.get("skip").map(|given| given.key));
    }
    skip
}
