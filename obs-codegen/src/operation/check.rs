//! What cannot carry an attribute, and combinations that cannot work.

use obs_schema::def::OperationDef;
use obs_schema::name::{MAX_DISPLAY_NAME, check_operation_name};
use proc_macro2::TokenStream;
use syn::spanned::Spanned as _;
use syn::{Abi, LitStr, Meta, Type, parse2};

use super::kind::{Kind, Part};
use super::label::LabelValues;
use super::{Judgement, Operation};
use crate::diag::Diag;
use crate::func::{Func, name_span, other_item, take_attributes, used};
use crate::return_ty::{Value, peeled};

/// Reads the item under an attribute, if it is a function with a body.
pub fn function(kind: Kind, item: &TokenStream, diag: &mut Diag) -> Option<Func> {
    if let Some((what, keyword)) = other_item(item) {
        let help = match what {
            "an `impl` block" => "write `#[service]` for all methods of the block",
            "a struct" => "`#[service]` is the attribute for structs",
            "a foreign function" => "it has no body here, so write a function that calls it",
            _ => "it goes on a function",
        };
        diag.error(
            keyword.span(),
            format_args!("`{}` cannot be used on {what}; {help}", kind.as_str()),
        );
        return None;
    }
    let func: Func = diag.ok(parse2(item.clone()))?;
    if func.body.is_some() {
        return Some(func);
    }
    let help = match func.is_method() {
        true => "put it on the method in each `impl`, or give this one a default body",
        false => "put it on a function that has one",
    };
    diag.error(
        func.sig.ident.span(),
        format_args!("`{}` needs a body; {help}", kind.as_str()),
    );
    None
}

/// Reports what about the signature cannot be observed.
pub fn signature(func: &Func, parts: &[Part], diag: &mut Diag) {
    let Some(attribute) = parts.first().map(|part| part.kind.as_str()) else {
        return;
    };
    if let Some(constness) = &func.sig.constness {
        diag.error(
            constness.span,
            format_args!("`{attribute}` cannot be used on a `const fn`; remove one of the two"),
        );
    }
    if let Some(abi) = func.sig.abi.as_ref().filter(|abi| !unwinds(abi)) {
        let at = abi
            .name
            .as_ref()
            .map_or(abi.extern_token.span, LitStr::span);
        let name = abi_name(abi);
        diag.error(
            at,
            format_args!(
                "a panic in an `extern \"{name}\"` function ends the process before it is counted; \
                 write `extern \"{name}-unwind\"`"
            ),
        );
    }
    if let Some(variadic) = &func.sig.variadic {
        diag.error(
            variadic.dots.spans[0],
            format_args!("`{attribute}` cannot be used on a variadic function"),
        );
    }
    let naked = func.attrs.iter().find(|attr| attr.path().is_ident("naked"));
    if let Some(naked) = naked {
        diag.error(
            name_span(naked),
            format_args!("`{attribute}` cannot be used on a naked function"),
        );
    }
}

/// Whether a panic can leave a function with this ABI.
#[must_use]
pub fn unwinds(abi: &Abi) -> bool {
    let name = abi_name(abi);
    name == "Rust" || name.ends_with("-unwind")
}

fn abi_name(abi: &Abi) -> String {
    abi.name
        .as_ref()
        .map_or_else(|| "C".to_owned(), LitStr::value)
}

/// Reports combinations that cannot work.
pub fn operation(operation: &Operation, func: &Func, diag: &mut Diag) {
    if let Err(error) = check_operation_name(&operation.name) {
        let issue = match operation.name.len() {
            // Put together from several names, each of which is fine.
            length if length > MAX_DISPLAY_NAME => error.issue("name"),
            _ => error.issue(""),
        };
        // The reader of the options has reported a name that was typed.
        if diag.is_empty() {
            diag.issue(operation.name_span, &issue);
        }
    }
    if operation.blocks.len() > OperationDef::MAX_BLOCKS {
        diag.error(
            operation.name_span,
            format_args!(
                "a function has metrics of at most {} attributes, this one of {}; remove one",
                OperationDef::MAX_BLOCKS,
                operation.blocks.len()
            ),
        );
    }
    clash(operation, diag);
    nothing_to_judge(operation, func, diag);
}

/// A key that is a label and an attribute would be on the span twice.
fn clash(operation: &Operation, diag: &mut Diag) {
    for attribute in &operation.attributes {
        let name = &attribute.key.text;
        if operation.labels.iter().any(|label| label.name == *name) {
            diag.error_on(
                &attribute.key.tokens,
                format_args!(
                    "`{name}` is a label already, and labels are attributes of the span too; remove it here"
                ),
            );
        }
    }
}

/// A function that returns nothing has no value to look at.
fn nothing_to_judge(operation: &Operation, func: &Func, diag: &mut Diag) {
    let value = func.returned().value;
    let never = matches!(value, Value::Never);
    let what = match &value {
        Value::Never => "never returns",
        Value::Plain(ty) if is_unit(ty) => "returns no value",
        _ => return,
    };
    let judgement = match &operation.judgement {
        Judgement::ByType => None,
        Judgement::OkIf(test) => Some(("ok_if", test)),
        Judgement::ErrorIf(test) => Some(("error_if", test)),
    };
    // What is left can be known without a value, but not without an end.
    let limit = operation.rate_limit.as_ref().filter(|_| never);
    let limit = limit.map(|limit| ("rate_limit_remaining", &limit.read));
    for (option, expr) in judgement.into_iter().chain(limit) {
        diag.error_on(
            expr,
            format_args!("the function {what}, so `{option}` has nothing to look at; remove it"),
        );
    }
}

fn is_unit(ty: &Type) -> bool {
    matches!(peeled(ty), Type::Tuple(tuple) if tuple.elems.is_empty())
}

/// Takes `#[service(..)]` off a function that expands by another attribute: it belongs to the `impl`
/// block, which would have taken it.
pub fn service_attribute(func: &mut Func, kind: Kind, diag: &mut Diag) {
    let found = take_attributes(&mut func.attrs, |attr| {
        let last = attr.path().segments.last()?;
        let is_skip = matches!(&attr.meta, Meta::List(list) if list.tokens.to_string() == "skip");
        (last.ident == "service" && is_skip).then(|| attr.path().clone())
    });
    if let Some(body) = &mut func.body {
        // The function stays as it is, with the import of the attribute used.
        body.tokens = used(&found)
            .into_iter()
            .chain(body.tokens.clone())
            .collect();
    }
    for path in found {
        diag.error(
            path.span(),
            format_args!(
                "`#[service(skip)]` contradicts `{}`; remove one",
                kind.as_str()
            ),
        );
    }
}

/// Whether the combination of labels is a number when the call begins.
#[must_use]
pub fn is_indexed(operation: &Operation) -> bool {
    operation
        .labels
        .iter()
        .all(|label| LabelValues::is_indexed(&label.values))
}
