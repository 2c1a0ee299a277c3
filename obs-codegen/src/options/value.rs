//! Reading the value of one option by the kind that the table gives it.

use obs_schema::Issue;
use obs_schema::bucket::{BucketError, check_buckets, check_duration_buckets, check_objectives};
use obs_schema::option::{Given, OptionDef, ValueKind};
use obs_schema::value::{parse_duration, parse_size};
use proc_macro2::{Group, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, ExprPath, Ident, Lit, LitStr, Token, UnOp};

use super::read::{each_argument, group_target, wrong};
use super::{Entry, Form, Key, Options, Value};
use crate::diag::Diag;

/// Reads what stands after `key =`. `None` after a mistake that has been noted.
pub(super) fn read_value(
    option: &'static OptionDef,
    input: ParseStream<'_>,
    diag: &mut Diag,
) -> syn::Result<(Option<Value>, TokenStream)> {
    let expr: Expr = input.parse()?;
    let tokens = expr.to_token_stream();
    Ok((Value::of_expr(option, expr, diag), tokens))
}

/// Reads what stands in the parentheses of `key(..)`.
pub(super) fn read_group(
    option: &'static OptionDef,
    group: &Group,
    diag: &mut Diag,
) -> Option<Value> {
    if let Some(target) = group_target(option.kind) {
        return Some(Value::Group(Options::parse(target, group.stream(), diag)));
    }
    match option.kind {
        ValueKind::ExprMap => Some(Value::Exprs(read_entries(group.stream(), diag))),
        ValueKind::TextMap => Some(Value::Texts(read_texts(option, group.stream(), diag))),
        _ => {
            diag.issue(group.span(), &wrong(option));
            None
        }
    }
}

impl Value {
    /// A literal without a key.
    pub(super) fn of_literal(option: &OptionDef, literal: &Lit, diag: &mut Diag) -> Option<Self> {
        Self::of_scalar(option, &scalar(literal)?, literal, diag)
    }

    fn of_expr(option: &OptionDef, expr: Expr, diag: &mut Diag) -> Option<Self> {
        match (option.kind, &expr) {
            (ValueKind::Expr, _) => Some(Self::Expr(expr)),
            (ValueKind::CratePath | ValueKind::GroupOrConst(_), Expr::Path(path))
                if is_plain(path) =>
            {
                Some(Self::Path(path.path.clone()))
            }
            (ValueKind::Buckets | ValueKind::DurationBuckets, Expr::Array(list)) => {
                buckets(option, &list.elems, &expr, diag)
            }
            (ValueKind::Objectives, Expr::Array(list)) => {
                objectives(option, &list.elems, &expr, diag)
            }
            (ValueKind::ChoiceList(_), Expr::Array(list)) => words(option, &list.elems, diag),
            (ValueKind::Word(_), Expr::Path(path)) if path.path.get_ident().is_some() => {
                let word = path.path.get_ident()?.unraw().to_string();
                Self::of_scalar(option, &Scalar::Text(word), &expr, diag)
            }
            (ValueKind::Word(_) | ValueKind::Flag, _) => refuse(option, &expr, diag),
            (_, expr) => match literal_of(expr) {
                Some(literal) => Self::of_scalar(option, &literal, expr, diag),
                None => refuse(option, expr, diag),
            },
        }
    }

    /// A scalar, checked by the rule for its kind.
    fn of_scalar(
        option: &OptionDef,
        scalar: &Scalar,
        tokens: &impl ToTokens,
        diag: &mut Diag,
    ) -> Option<Self> {
        let checked = match scalar.given() {
            Some(given) => option.kind.check(option.name, &given),
            None => Err(wrong_suffix(option, tokens)),
        };
        if let Err(issue) = checked {
            diag.issue_on(tokens, &issue);
            return None;
        }
        Self::of_checked(option.kind, scalar)
    }

    fn of_checked(kind: ValueKind, scalar: &Scalar) -> Option<Self> {
        Some(match (kind, scalar) {
            (ValueKind::Duration { .. }, Scalar::Text(text)) => {
                Self::Duration(parse_duration(text).ok()?)
            }
            (ValueKind::Size { .. }, Scalar::Text(text)) => Self::Size(parse_size(text).ok()?),
            (ValueKind::ChoiceList(_), Scalar::Text(word)) => Self::Words(vec![word.clone()]),
            (_, Scalar::Text(text)) => Self::Text(text.clone()),
            (ValueKind::Ratio | ValueKind::Sampler, Scalar::Int(number)) => {
                Self::Float(*number as f64)
            }
            (_, Scalar::Int(number)) => Self::Int(u64::try_from(*number).ok()?),
            (_, Scalar::Float(number)) => Self::Float(*number),
            (_, Scalar::Bool(value)) => Self::Bool(*value),
            (_, Scalar::Other) => return None,
        })
    }
}

/// A literal, as the rule book takes it.
enum Scalar {
    Text(String),
    Int(i128),
    Float(f64),
    Bool(bool),
    /// A number with a suffix such as `10s`, a character, bytes.
    Other,
}

impl Scalar {
    fn given(&self) -> Option<Given<'_>> {
        Some(match self {
            Self::Text(text) => Given::Text(text),
            Self::Int(number) => Given::Int(*number),
            Self::Float(number) => Given::Float(*number),
            Self::Bool(value) => Given::Bool(*value),
            Self::Other => return None,
        })
    }

    fn negated(self) -> Self {
        match self {
            Self::Int(number) => Self::Int(-number),
            Self::Float(number) => Self::Float(-number),
            _ => Self::Other,
        }
    }

    fn number(&self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            _ => None,
        }
    }
}

fn scalar(literal: &Lit) -> Option<Scalar> {
    Some(match literal {
        Lit::Str(text) => Scalar::Text(text.value()),
        Lit::Bool(value) => Scalar::Bool(value.value),
        Lit::Int(number) if is_number_suffix(number.suffix()) => {
            number.base10_parse().map_or(Scalar::Other, Scalar::Int)
        }
        Lit::Float(number) if is_number_suffix(number.suffix()) => {
            number.base10_parse().map_or(Scalar::Other, Scalar::Float)
        }
        _ => Scalar::Other,
    })
}

fn is_number_suffix(suffix: &str) -> bool {
    matches!(
        suffix,
        "" | "f64" | "f32" | "u8" | "u16" | "u32" | "u64" | "usize" | "i32" | "i64"
    )
}

/// A literal, a negative number, or one of the constants `f64::NAN` and `f64::INFINITY`,
/// which the rule book answers better than "not a number literal".
fn literal_of(expr: &Expr) -> Option<Scalar> {
    match expr {
        Expr::Lit(ExprLit { lit, .. }) => scalar(lit),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            literal_of(&unary.expr).map(Scalar::negated)
        }
        Expr::Path(path) => match path.path.segments.last()?.ident.to_string().as_str() {
            "NAN" => Some(Scalar::Float(f64::NAN)),
            "INFINITY" => Some(Scalar::Float(f64::INFINITY)),
            "NEG_INFINITY" => Some(Scalar::Float(f64::NEG_INFINITY)),
            _ => None,
        },
        Expr::Group(group) => literal_of(&group.expr),
        _ => None,
    }
}

/// `slow = 10s` is a literal for Rust; what is missing are the quotes.
fn wrong_suffix(option: &OptionDef, tokens: &impl ToTokens) -> Issue {
    let mut issue = wrong(option);
    let text = tokens.to_token_stream().to_string();
    let checked = option.kind.check(option.name, &Given::Text(&text));
    if checked.is_ok()
        && matches!(
            option.kind,
            ValueKind::Duration { .. } | ValueKind::Size { .. }
        )
    {
        issue.help = format!("write `\"{text}\"`");
    }
    issue
}

fn refuse(option: &OptionDef, tokens: &impl ToTokens, diag: &mut Diag) -> Option<Value> {
    diag.issue_on(tokens, &wrong(option));
    None
}

type Elements = Punctuated<Expr, Token![,]>;

fn buckets(option: &OptionDef, list: &Elements, all: &Expr, diag: &mut Diag) -> Option<Value> {
    let bounds = numbers(option, list.iter(), diag)?;
    let checked = match option.kind {
        ValueKind::DurationBuckets => check_duration_buckets(&bounds),
        _ => check_buckets(&bounds),
    };
    noted(checked, option, list, all, diag)?;
    Some(Value::Numbers(bounds))
}

fn objectives(option: &OptionDef, list: &Elements, all: &Expr, diag: &mut Diag) -> Option<Value> {
    let pairs: Option<Vec<(f64, f64)>> = list
        .iter()
        .map(|element| match element {
            Expr::Tuple(pair) if pair.elems.len() == 2 => {
                let pair = numbers(option, pair.elems.iter(), diag)?;
                Some((*pair.first()?, *pair.get(1)?))
            }
            other => {
                diag.issue_on(other, &wrong(option));
                None
            }
        })
        .collect();
    let pairs = pairs?;
    noted(check_objectives(&pairs), option, list, all, diag)?;
    Some(Value::Objectives(pairs))
}

fn numbers<'a>(
    option: &OptionDef,
    list: impl Iterator<Item = &'a Expr>,
    diag: &mut Diag,
) -> Option<Vec<f64>> {
    list.map(|element| {
        let number = literal_of(element).and_then(|scalar| scalar.number());
        if number.is_none() {
            diag.issue_on(element, &wrong(option));
        }
        number
    })
    .collect()
}

/// Notes an error about a list at the element that is wrong.
fn noted(
    checked: Result<(), BucketError>,
    option: &OptionDef,
    list: &Elements,
    all: &Expr,
    diag: &mut Diag,
) -> Option<()> {
    let Err(error) = checked else {
        return Some(());
    };
    let element = error.position().and_then(|at| list.get(at));
    diag.issue_on(element.unwrap_or(all), &error.issue(option.name));
    None
}

fn words(option: &OptionDef, list: &Elements, diag: &mut Diag) -> Option<Value> {
    let words: Vec<Option<String>> = list
        .iter()
        .map(|element| match literal_of(element) {
            Some(Scalar::Text(word)) => {
                let checked = option.kind.check(option.name, &Given::Text(&word));
                checked
                    .map_err(|issue| diag.issue_on(element, &issue))
                    .ok()
                    .map(|()| word)
            }
            _ => {
                diag.issue_on(element, &wrong(option));
                None
            }
        })
        .collect();
    words
        .into_iter()
        .collect::<Option<Vec<_>>>()
        .map(Value::Words)
}

fn read_entries(entries: TokenStream, diag: &mut Diag) -> Vec<Entry> {
    let mut read: Vec<Entry> = Vec::new();
    each_argument(entries, diag, |input, diag| {
        let key = read_key(input, diag, |key| {
            read.iter().any(|other| other.key.text == key)
        })?;
        let ty = match input.peek(Token![:]) {
            true => {
                input.parse::<Token![:]>()?;
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

fn read_texts(option: &OptionDef, entries: TokenStream, diag: &mut Diag) -> Vec<(Key, String)> {
    let mut read: Vec<(Key, String)> = Vec::new();
    each_argument(entries, diag, |input, diag| {
        let key = read_key(input, diag, |key| {
            read.iter().any(|(other, _)| other.text == key)
        })?;
        require_value(&key, input)?;
        let value: Expr = input.parse()?;
        match literal_of(&value) {
            Some(Scalar::Text(text)) => read.push((key, text)),
            _ => diag.issue_on(value, &wrong(option)),
        }
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

fn require_value(key: &Key, input: ParseStream<'_>) -> syn::Result<()> {
    if input.peek(Token![=]) {
        return input.parse::<Token![=]>().map(drop);
    }
    let message = format!("`{0}` has no value; write `{0} = ..`", key.text);
    Err(syn::Error::new_spanned(&key.tokens, message))
}

/// A path without attributes and without `<T as Trait>`.
fn is_plain(path: &ExprPath) -> bool {
    path.attrs.is_empty() && path.qself.is_none()
}
