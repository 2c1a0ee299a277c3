//! Labels of an operation: which values each of them can have.
//!
//! The values belong to the type of the label's expression. A literal and a parameter show it in the
//! signature, `k: Type = expr` says it, and any other expression over parameters that can be named
//! outside of the function is left to inference. What remains is capped.

use obs_schema::name::{check_label_value, check_operation_label};
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Expr, GenericArgument, Lit, PathArguments, Type, UnOp};

use super::argument::check_names;
use crate::diag::Diag;
use crate::known::is_text_or_number;
use crate::options::{Entry, Form};
use crate::params::{Params, rename_self};
use crate::return_ty::{inferable, peeled};

/// The key in `labels(..)` that is no label.
const MAX_SERIES: &str = "max_series";
/// The largest number that it can be.
const LARGEST_MAX_SERIES: u32 = 100_000;

/// How many values a label is taken to have whose type is finite but cannot be named: generic, or of
/// an `impl` block that the attribute does not see.
pub const UNNAMED_VALUES: u32 = 64;

/// Other types with any number of values, by their last segment.
const UNBOUNDED: &[&str] = &[
    "f32",
    "f64",
    "Cow",
    "PathBuf",
    "Path",
    "OsString",
    "OsStr",
    "Uuid",
    "Url",
    "Uri",
    "IpAddr",
    "Ipv4Addr",
    "Ipv6Addr",
    "SocketAddr",
    "Duration",
    "Instant",
    "SystemTime",
    "DateTime",
    "Vec",
    "Bytes",
];

/// One label.
pub struct Label {
    /// Its name.
    pub name: String,
    /// The expression for its value.
    pub expr: Expr,
    /// The type of the value where it is known, as the function can write it, without references.
    pub ty: Option<Type>,
    /// What it can be.
    pub values: LabelValues,
}

/// The values of a label.
pub enum LabelValues {
    /// A literal.
    One(String),
    /// A type that is known and must be a `Label`.
    Type(Type),
    /// A type that is known, and capped unless it is a `Label`.
    TypeOrText(Type, u32),
    /// The type of the expression, over these parameters.
    Inferred {
        /// The parameters that it names.
        patterns: Vec<TokenStream>,
        /// Their types.
        types: Vec<Type>,
        /// The expression, with another name for `self`.
        expr: TokenStream,
    },
    /// A `Label` whose type cannot be named.
    Unnamed,
    /// Text, capped.
    Text(u32),
}

impl LabelValues {
    /// Whether the number of the value among all values is known when the call begins.
    #[must_use]
    pub fn is_indexed(&self) -> bool {
        matches!(self, Self::One(_) | Self::Type(_) | Self::Inferred { .. })
    }
}

/// Resolves the entries of `labels(..)`.
pub fn labels(entries: &[Entry], params: &Params, diag: &mut Diag) -> Vec<Label> {
    let (caps, entries): (Vec<_>, Vec<_>) = entries
        .iter()
        .partition(|entry| entry.key.text == MAX_SERIES);
    let cap = caps.first().map(|entry| max_series(entry, diag));
    let labels: Vec<Label> = entries
        .into_iter()
        .filter_map(|entry| label(entry, cap, params, diag))
        .collect();
    if let Some(entry) = caps.first()
        && labels.iter().all(|label| label.values.is_indexed())
        && diag.is_empty()
    {
        diag.error_on(
            &entry.key.tokens,
            "`max_series` caps nothing: every label has a closed set of values; remove it",
        );
    }
    labels
}

/// The number that it is, or any if that is wrong.
fn max_series(entry: &Entry, diag: &mut Diag) -> u32 {
    let number = match &entry.expr {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => number.base10_parse::<u32>().ok(),
            _ => None,
        },
        _ => None,
    };
    let number = number.filter(|number| (1..=LARGEST_MAX_SERIES).contains(number));
    if number.is_none() {
        diag.error_on(
            &entry.expr,
            format_args!("`max_series` takes a whole number from 1 to {LARGEST_MAX_SERIES}"),
        );
    }
    number.unwrap_or(LARGEST_MAX_SERIES)
}

fn label(entry: &Entry, cap: Option<u32>, params: &Params, diag: &mut Diag) -> Option<Label> {
    let name = entry.key.text.clone();
    if let Err(error) = check_operation_label(&name) {
        diag.issue_on(&entry.key.tokens, &error.issue("labels"));
    }
    if !matches!(entry.form, Form::Plain) {
        diag.error_on(
            &entry.expr,
            "a label takes the value itself; remove the `%` or `?` before it",
        );
    }
    check_names(&entry.expr, params, diag);
    let known = entry.ty.as_ref().or_else(|| {
        let name = parameter(&entry.expr)?;
        params.type_of(name)
    });
    Some(Label {
        name,
        expr: entry.expr.clone(),
        values: values(entry, known, cap, params, diag)?,
        ty: known
            .and_then(inferable)
            .map(|ty| without_references(&ty).clone()),
    })
}

fn values(
    entry: &Entry,
    known: Option<&Type>,
    cap: Option<u32>,
    params: &Params,
    diag: &mut Diag,
) -> Option<LabelValues> {
    if let Some(ty) = known {
        return typed(ty, entry, cap, params, diag);
    }
    if let Some(literal) = literal(&entry.expr) {
        return fixed(literal, entry, diag);
    }
    if let Some(cap) = cap {
        return Some(LabelValues::Text(cap));
    }
    let tokens = entry.expr.to_token_stream();
    if params.mentions_generics(&tokens) {
        return Some(LabelValues::Unnamed);
    }
    Some(match params.named_in(&tokens) {
        Some((patterns, types)) => LabelValues::Inferred {
            patterns,
            types,
            expr: rename_self(tokens),
        },
        None => LabelValues::Unnamed,
    })
}

/// A label whose type was written, there or in the signature.
fn typed(
    ty: &Type,
    entry: &Entry,
    cap: Option<u32>,
    params: &Params,
    diag: &mut Diag,
) -> Option<LabelValues> {
    let ty = without_references(ty);
    let is_unbounded = last_segment(ty).is_some_and(|last| is_unbounded(&last));
    match (is_unbounded, cap) {
        (true, Some(cap)) => Some(LabelValues::Text(cap)),
        (true, None) => {
            diag.error_on(
                entry
                    .ty
                    .as_ref()
                    .map_or_else(|| entry.expr.to_token_stream(), ToTokens::to_token_stream),
                format_args!(
                    "the label `{name}` has the type `{ty}`, which can have any number of values; \
                     add `max_series = 100` to `labels(..)` or move `{name}` to `attributes(..)`",
                    name = entry.key.text,
                    ty = shown(ty),
                ),
            );
            None
        }
        (false, cap) => Some(match (params.nameable(ty), cap) {
            (Some(ty), None) => LabelValues::Type(ty),
            (Some(ty), Some(_)) if last_segment(&ty).is_some_and(|last| last == "bool") => {
                LabelValues::Type(ty)
            }
            (Some(ty), Some(cap)) => LabelValues::TypeOrText(ty, cap),
            (None, Some(cap)) => LabelValues::Text(cap),
            (None, None) => LabelValues::Unnamed,
        }),
    }
}

fn fixed(literal: &Lit, entry: &Entry, diag: &mut Diag) -> Option<LabelValues> {
    let text = match literal {
        Lit::Str(text) => text.value(),
        Lit::Bool(value) => value.value.to_string(),
        Lit::Int(number) => number.base10_digits().to_owned(),
        _ => {
            diag.error_on(literal, "a label is a string, a whole number or a `bool`");
            return None;
        }
    };
    if let Err(error) = check_label_value(&text) {
        diag.issue_on(literal, &error.issue(entry.key.text.clone()));
    }
    Some(LabelValues::One(text))
}

fn literal(expr: &Expr) -> Option<&Lit> {
    match expr {
        Expr::Lit(literal) => Some(&literal.lit),
        Expr::Group(group) => literal(&group.expr),
        Expr::Paren(paren) => literal(&paren.expr),
        _ => None,
    }
}

/// The parameter that the expression is, apart from `&` and `*`.
fn parameter(expr: &Expr) -> Option<&proc_macro2::Ident> {
    match expr {
        Expr::Path(path) => path.path.get_ident(),
        Expr::Group(group) => parameter(&group.expr),
        Expr::Paren(paren) => parameter(&paren.expr),
        Expr::Reference(reference) => parameter(&reference.expr),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => parameter(&unary.expr),
        _ => None,
    }
}

fn without_references(ty: &Type) -> &Type {
    match peeled(ty) {
        Type::Reference(reference) => without_references(&reference.elem),
        other => other,
    }
}

fn is_unbounded(last: &str) -> bool {
    is_text_or_number(last) || UNBOUNDED.contains(&last)
}

/// The last segment of a path, seen through the pointers of the standard library.
fn last_segment(ty: &Type) -> Option<String> {
    let Type::Path(path) = ty else {
        return None;
    };
    let last = path.path.segments.last()?;
    let name = last.ident.to_string();
    if !["Box", "Rc", "Arc", "Option"].contains(&name.as_str()) {
        return Some(name);
    }
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return Some(name);
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => last_segment(without_references(ty)),
        _ => None,
    })
}

fn shown(ty: &Type) -> String {
    ty.to_token_stream()
        .to_string()
        .replace(" :: ", "::")
        .replace(" <", "<")
        .replace("< ", "<")
        .replace(" >", ">")
}
