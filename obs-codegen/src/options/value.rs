//! Reading the value of one option by the kind that the table gives it.

use obs_schema::Issue;
use obs_schema::option::{Given, OptionDef, ValueKind};
use obs_schema::value::{parse_duration, parse_size};
use proc_macro2::{Group, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::parse::ParseStream;
use syn::{Expr, ExprPath, Lit};

use super::list::{buckets, objectives, words};
use super::map::{read_entries, read_names, read_ratios, read_texts};
use super::read::{group_target, wrong};
use super::scalar::{Scalar, literal_of, scalar};
use super::window::window;
use super::{Options, Value};
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
        ValueKind::RatioMap => Some(Value::Ratios(read_ratios(option, group.stream(), diag))),
        ValueKind::Names => Some(Value::Names(read_names(option, group.stream(), diag))),
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

    pub(super) fn of_expr(option: &OptionDef, expr: Expr, diag: &mut Diag) -> Option<Self> {
        match (option.kind, &expr) {
            (ValueKind::Expr, _) => Some(Self::Expr(expr)),
            (ValueKind::Window, Expr::Call(call)) => window(option, call, diag),
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
            (ValueKind::Word(_) | ValueKind::Flag | ValueKind::Window, _) => {
                refuse(option, &expr, diag)
            }
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
            (ValueKind::Ratio | ValueKind::Sampler | ValueKind::Factor, Scalar::Int(number)) => {
                Self::Float(*number as f64)
            }
            (_, Scalar::Int(number)) => Self::Int(u64::try_from(*number).ok()?),
            (_, Scalar::Float(number)) => Self::Float(*number),
            (_, Scalar::Bool(value)) => Self::Bool(*value),
            (_, Scalar::Other) => return None,
        })
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

/// A path without attributes and without `<T as Trait>`.
fn is_plain(path: &ExprPath) -> bool {
    path.attrs.is_empty() && path.qself.is_none()
}
