//! Values in brackets: bounds of buckets, quantiles, words.

use obs_schema::bucket::{BucketError, check_buckets, check_duration_buckets, check_objectives};
use obs_schema::option::{Given, OptionDef, ValueKind};
use syn::punctuated::Punctuated;
use syn::{Expr, Token};

use super::Value;
use super::read::wrong;
use super::scalar::{Scalar, literal_of};
use crate::diag::Diag;

pub(super) type Elements = Punctuated<Expr, Token![,]>;

pub(super) fn buckets(
    option: &OptionDef,
    list: &Elements,
    all: &Expr,
    diag: &mut Diag,
) -> Option<Value> {
    let bounds = numbers(option, list.iter(), diag)?;
    let checked = match option.kind {
        ValueKind::DurationBuckets => check_duration_buckets(&bounds),
        _ => check_buckets(&bounds),
    };
    noted(checked, option, list, all, diag)?;
    Some(Value::Numbers(bounds))
}

pub(super) fn objectives(
    option: &OptionDef,
    list: &Elements,
    all: &Expr,
    diag: &mut Diag,
) -> Option<Value> {
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

pub(super) fn words(option: &OptionDef, list: &Elements, diag: &mut Diag) -> Option<Value> {
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
