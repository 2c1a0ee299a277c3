//! Values in parentheses: keys with an expression or a text each, and names alone.

use obs_schema::Issue;
use obs_schema::option::OptionDef;
use obs_schema::value::parse_share;
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::parse::ParseStream;
use syn::{Expr, Ident, LitStr, Token};

use super::read::{each_argument, wrong};
use super::scalar::{Scalar, literal_of};
use super::{Entry, Form, Key};
use crate::diag::Diag;

pub(super) fn read_entries(entries: TokenStream, diag: &mut Diag) -> Vec<Entry> {
    let mut read: Vec<Entry> = Vec::new();
    each_argument(entries, diag, |input, diag| {
        let key = read_key(input, diag, |key| {
            read.iter().any(|other| other.key.text == key)
        })?;
        let ty = match input.peek(Token![:]) {
            true => {
                input.parse::<Token![:]>()?;
                require_type(&key, input)?;
                Some(input.parse()?)
            }
            false => None,
        };
        require_value(&key, input)?;
        let form = read_form(input)?;
        let expr = input.parse()?;
        read.push(Entry {
            key,
            ty,
            form,
            expr,
        });
        Ok(())
    });
    read
}

fn read_form(input: ParseStream<'_>) -> syn::Result<Form> {
    if input.peek(Token![%]) {
        return input.parse::<Token![%]>().map(|_| Form::Display);
    }
    if input.peek(Token![?]) {
        return input.parse::<Token![?]>().map(|_| Form::Debug);
    }
    Ok(Form::Plain)
}

pub(super) fn read_texts(
    option: &OptionDef,
    entries: TokenStream,
    diag: &mut Diag,
) -> Vec<(Key, String)> {
    read_literals(entries, diag, |literal| match literal {
        Some(Scalar::Text(text)) => Ok(text),
        _ => Err(wrong(option)),
    })
}

pub(super) fn read_ratios(
    option: &OptionDef,
    entries: TokenStream,
    diag: &mut Diag,
) -> Vec<(Key, f64)> {
    read_literals(entries, diag, |literal| {
        let given = literal.as_ref().and_then(Scalar::given);
        option
            .kind
            .check(option.name, &given.ok_or_else(|| wrong(option))?)?;
        let number = literal.and_then(|literal| match literal {
            Scalar::Text(text) => parse_share(&text).ok(),
            other => other.number(),
        });
        number.ok_or_else(|| wrong(option))
    })
}

/// Keys with a literal each, of which `value` makes something.
fn read_literals<T>(
    entries: TokenStream,
    diag: &mut Diag,
    value: impl Fn(Option<Scalar>) -> Result<T, Issue>,
) -> Vec<(Key, T)> {
    let mut read: Vec<(Key, T)> = Vec::new();
    each_argument(entries, diag, |input, diag| {
        let key = read_key(input, diag, |key| {
            read.iter().any(|(other, _)| other.text == key)
        })?;
        require_value(&key, input)?;
        let literal: Expr = input.parse()?;
        match value(literal_of(&literal)) {
            Ok(value) => read.push((key, value)),
            Err(issue) => diag.issue_on(literal, &issue),
        }
        Ok(())
    });
    read
}

pub(super) fn read_names(option: &OptionDef, names: TokenStream, diag: &mut Diag) -> Vec<Ident> {
    let mut read: Vec<Ident> = Vec::new();
    each_argument(names, diag, |input, diag| {
        let Ok(name) = input.call(Ident::parse_any) else {
            let other = input.parse::<TokenTree>()?;
            diag.issue(other.span(), &wrong(option));
            return Ok(());
        };
        if read.contains(&name) {
            diag.error(
                name.span(),
                format_args!("duplicate name `{name}`; remove one of them"),
            );
        }
        read.push(name);
        Ok(())
    });
    read
}

/// `region`, `http.route` or `"http.route"`; one that `is_known` is reported.
fn read_key(
    input: ParseStream<'_>,
    diag: &mut Diag,
    is_known: impl Fn(&str) -> bool,
) -> syn::Result<Key> {
    let key = if input.peek(LitStr) {
        let text: LitStr = input.parse()?;
        Key {
            text: text.value(),
            tokens: text.to_token_stream(),
        }
    } else {
        read_dotted(input)?
    };
    if is_known(&key.text) {
        diag.error_on(
            &key.tokens,
            format_args!("duplicate key `{}`; remove one of them", key.text),
        );
    }
    Ok(key)
}

fn read_dotted(input: ParseStream<'_>) -> syn::Result<Key> {
    let mut key = Key::of(&input.call(Ident::parse_any)?);
    while input.peek(Token![.]) {
        input.parse::<Token![.]>()?.to_tokens(&mut key.tokens);
        let part = Key::of(&input.call(Ident::parse_any)?);
        key.text = format!("{}.{}", key.text, part.text);
        key.tokens.extend(part.tokens);
    }
    Ok(key)
}

fn require_type(key: &Key, input: ParseStream<'_>) -> syn::Result<()> {
    if !input.is_empty() && !input.peek(Token![=]) && !input.peek(Token![,]) {
        return Ok(());
    }
    let message = format!(
        "`{0}` has no type after the `:`; write `{0}: Type = ..`",
        key.text
    );
    Err(syn::Error::new_spanned(&key.tokens, message))
}

fn require_value(key: &Key, input: ParseStream<'_>) -> syn::Result<()> {
    let has_equals = input.parse::<Option<Token![=]>>()?.is_some();
    if has_equals && !input.is_empty() && !input.peek(Token![,]) {
        return Ok(());
    }
    let message = format!("`{0}` has no value; write `{0} = ..`", key.text);
    Err(syn::Error::new_spanned(&key.tokens, message))
}
