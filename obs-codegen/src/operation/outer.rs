//! Attributes that did not recognise each other, because they were imported under other names.
//!
//! The one above has expanded already, so the body begins with its observation. What that counts is
//! written on its definition; this attribute leaves the same series out, so that a call is counted once
//! however the attributes are called.

use obs_schema::def::OperationFamily;
use proc_macro2::{TokenStream, TokenTree};
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

use super::{Block, Operation};
use crate::diag::Diag;
use crate::func::Func;

/// How the text on a definition begins.
const MARK: &str = "Counts ";
/// What is between two families in it.
const BETWEEN: &str = "; ";

/// What the attributes above count already: families with their fixed labels.
#[derive(Default)]
pub struct Outer {
    counted: Vec<String>,
}

impl Outer {
    /// Reads it off the body of a function.
    #[must_use]
    pub fn of(func: &Func) -> Self {
        let text = func.body.as_ref().and_then(|body| mark(&body.tokens));
        Self {
            counted: text.map_or_else(Vec::new, |text| {
                text.split(BETWEEN).map(str::to_owned).collect()
            }),
        }
    }

    /// The name of the operation that they make.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        let named = self.counted.iter();
        named
            .filter_map(|counted| counted.split_once(" operation="))
            .map(|(_, name)| name)
            .next()
    }

    /// Leaves out of an operation what is counted already, and notes what is counted then.
    pub fn leave_out(&self, operation: &mut Operation, diag: &mut Diag) {
        for block in &operation.blocks {
            let narrower = [OperationFamily::Calls, OperationFamily::Duration]
                .map(|family| written(family, block));
            let is_partly = block.family == OperationFamily::Operation
                && narrower.iter().any(|one| self.counted.contains(one));
            if is_partly {
                diag.error(
                    operation.name_span,
                    "an attribute above counts these calls already; put this one first, or give it another name",
                );
            }
        }
        operation.blocks.retain(|block| !self.covers(block));
        let own = operation.blocks.iter();
        let own = own.map(|block| written(block.family, block));
        operation.counted = self.counted.iter().cloned().chain(own).collect();
    }

    fn covers(&self, block: &Block) -> bool {
        let covering: &[OperationFamily] = match block.family {
            OperationFamily::Calls | OperationFamily::Duration => {
                &[block.family, OperationFamily::Operation]
            }
            _ => &[block.family],
        };
        covering
            .iter()
            .any(|family| self.counted.contains(&written(*family, block)))
    }
}

/// The text that says what is counted.
#[must_use]
pub fn marked(operation: &Operation) -> String {
    format!("{MARK}{}", operation.counted.join(BETWEEN))
}

fn written(family: OperationFamily, block: &Block) -> String {
    let labels = block.constants.iter();
    let labels: Vec<String> = labels
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("{family:?} {}", labels.join(","))
}

/// The text on the definition that the first statement of a body makes, if that is one of ours.
fn mark(body: &TokenStream) -> Option<String> {
    let mut tokens = body.clone().into_iter().filter(
        |token| !matches!(token, TokenTree::Ident(ident) if ident == "let" || ident == "mut"),
    );
    match tokens.next()? {
        TokenTree::Ident(ident) if ident.to_string().starts_with("__obs_") => {}
        _ => return None,
    }
    tokens.find_map(|token| match token {
        TokenTree::Group(group) => mark_in(&group.stream()),
        _ => None,
    })
}

fn mark_in(block: &TokenStream) -> Option<String> {
    let mut after_hash = false;
    for token in block.clone() {
        if let (true, TokenTree::Group(group)) = (after_hash, &token)
            && let Some(text) = doc_text(&group.stream())
            && let Some(counted) = text.strip_prefix(MARK)
        {
            return Some(counted.to_owned());
        }
        after_hash = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '#');
    }
    // The call of an `async fn` is begun one block deeper.
    mark(block)
}

fn doc_text(attribute: &TokenStream) -> Option<String> {
    let parser = |input: syn::parse::ParseStream<'_>| Attribute::parse_outer(input);
    let attribute = syn::parse::Parser::parse2(parser, quote::quote!(#[#attribute])).ok()?;
    match &attribute.first()?.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}
