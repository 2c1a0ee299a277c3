//! Reading arguments one by one, going on after a mistake.

use obs_schema::Issue;
use obs_schema::option::{
    OptionDef, Target, UnknownOption, ValueKind, WrongValue, conflicting_options, duplicate_option,
    find, missing_option, options_of,
};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser};
use syn::{Ident, Lit, MacroDelimiter, MetaList, Token, token};

use super::value::{read_group, read_value};
use super::{Argument, Options, Value};
use crate::diag::Diag;

impl Options {
    /// Reads arguments separated by commas and adds them.
    pub(super) fn read(&mut self, arguments: TokenStream, diag: &mut Diag) {
        let mut position = 0;
        each_argument(arguments, diag, |input, diag| {
            if is_positional(input) {
                position += 1;
                return self.read_positional(position - 1, input, diag);
            }
            self.read_named(input, diag)
        });
    }

    fn read_positional(
        &mut self,
        position: usize,
        input: ParseStream<'_>,
        diag: &mut Diag,
    ) -> syn::Result<()> {
        let literal: Lit = input.parse()?;
        let option = options_of(self.target)
            .iter()
            .find(|option| option.position.map(usize::from) == Some(position));
        let Some(option) = option else {
            diag.issue(literal.span(), &self.unexpected_positional());
            return Ok(());
        };
        let value = Value::of_literal(option, &literal, diag);
        self.add(
            option,
            literal.span(),
            literal.to_token_stream(),
            value,
            diag,
        );
        Ok(())
    }

    fn read_named(&mut self, input: ParseStream<'_>, diag: &mut Diag) -> syn::Result<()> {
        let key = match input.call(Ident::parse_any) {
            Ok(key) => key,
            Err(error) => {
                return Err(syn::Error::new(
                    error.span(),
                    "expected the name of an option",
                ));
            }
        };
        let option = match find(self.target, &key.unraw().to_string()) {
            Ok(option) => option,
            Err(unknown) => {
                match self.unquoted(&unknown, input) {
                    Some((option, issue)) => {
                        diag.issue(key.span(), &issue);
                        self.misnamed.push(option.name);
                    }
                    None => diag.issue(key.span(), &unknown.issue()),
                }
                self.misnamed.extend(unknown.meant_name());
                skip_argument(input);
                return Ok(());
            }
        };
        let (value, tokens) = match self.read_value_of(option, &key, input, diag) {
            Ok(read) => read,
            Err(error) => {
                self.broken.push(option.name);
                return Err(error);
            }
        };
        self.add(option, key.span(), tokens, value, diag);
        Ok(())
    }

    /// `#[timed(place_order)]`: a lone word that looks like no option is a name without its quotes.
    fn unquoted(
        &self,
        unknown: &UnknownOption,
        input: ParseStream<'_>,
    ) -> Option<(&'static OptionDef, Issue)> {
        let is_alone = input.is_empty() || input.peek(Token![,]);
        let option = options_of(self.target)
            .iter()
            .find(|option| option.position == Some(0))?;
        let is_first = self.arguments.is_empty();
        (is_alone && is_first && unknown.meant.is_none()).then(|| {
            let mut issue = unknown.issue();
            issue.help = format!("write `\"{}\"` if it is the name", unknown.typed);
            (option, issue)
        })
    }

    /// What stands after the key: nothing, `= value` or `(..)`.
    fn read_value_of(
        &self,
        option: &'static OptionDef,
        key: &Ident,
        input: ParseStream<'_>,
        diag: &mut Diag,
    ) -> syn::Result<(Option<Value>, TokenStream)> {
        if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            if input.is_empty() || input.peek(Token![,]) {
                diag.issue(key.span(), &wrong(option));
                return Ok((None, key.to_token_stream()));
            }
            if takes_parentheses(option.kind) {
                let value: TokenTree = input.parse()?;
                diag.issue(value.span(), &wrong(option));
                skip_argument(input);
                return Ok((None, value.into()));
            }
            return read_value(option, input, diag);
        }
        if input.peek(token::Paren) {
            let group: proc_macro2::Group = input.parse()?;
            let value = read_group(option, &group, diag);
            return Ok((value, TokenTree::Group(group).into()));
        }
        if input.peek(Token![:]) {
            let colon: Token![:] = input.parse()?;
            let name = option.name;
            diag.error_on(
                colon,
                format_args!("a value stands after `=`; write `{name} = ..`"),
            );
            skip_argument(input);
            return Ok((None, key.to_token_stream()));
        }
        let value = match option.kind {
            ValueKind::Flag => Some(Value::Flag),
            ValueKind::Switch => Some(Value::Bool(true)),
            _ => {
                diag.issue(key.span(), &wrong(option));
                None
            }
        };
        Ok((value, key.to_token_stream()))
    }

    fn add(
        &mut self,
        option: &'static OptionDef,
        key: Span,
        tokens: TokenStream,
        value: Option<Value>,
        diag: &mut Diag,
    ) {
        if self.get(option.name).is_some() || self.broken.contains(&option.name) {
            return diag.issue(key, &duplicate_option(option.name));
        }
        let earlier: Vec<&str> = self
            .arguments
            .iter()
            .map(|other| other.option.name)
            .collect();
        if let Some(issue) = conflicting_options(option, &earlier) {
            diag.issue(key, &issue);
        }
        match value {
            Some(value) => self.arguments.push(Argument {
                option,
                key,
                value,
                tokens,
            }),
            None => self.broken.push(option.name),
        }
    }

    /// Notes options that must be there and are not, at `span`: there is no token of what is missing.
    pub(super) fn check_required(&self, span: Span, diag: &mut Diag) {
        let missing = options_of(self.target).iter().filter(|option| {
            option.required && self.get(option.name).is_none() && !self.is_broken(option.name)
        });
        for option in missing {
            diag.issue(span, &missing_option(self.target, option));
        }
    }

    fn unexpected_positional(&self) -> Issue {
        let attribute = self.target.as_str();
        let options = options_of(self.target);
        let count = options
            .iter()
            .filter(|option| option.position.is_some())
            .count();
        let message = match count {
            0 => format!("`{attribute}` takes no argument without a name"),
            1 => format!("`{attribute}` takes one argument without a name"),
            count => format!("`{attribute}` takes {count} arguments without a name"),
        };
        let named = options.iter().find(|option| option.position.is_none());
        let help = match named {
            Some(option) if count == 0 => format!("write `{} = ..`", option.name),
            _ => "remove it".to_owned(),
        };
        Issue::new("option.positional", "", message, help)
    }
}

/// The issue of a value of another kind than the option takes.
pub(super) fn wrong(option: &OptionDef) -> Issue {
    WrongValue { kind: option.kind }.issue(option.name)
}

/// Calls `read` for every argument. When it fails, its error is noted and the rest of the argument skipped.
pub(super) fn each_argument(
    arguments: TokenStream,
    diag: &mut Diag,
    mut read: impl FnMut(ParseStream<'_>, &mut Diag) -> syn::Result<()>,
) {
    let parser = |input: ParseStream<'_>| {
        while !input.is_empty() {
            if let Err(error) = read(input, diag) {
                diag.absorb(error);
                skip_argument(input);
            }
            if !input.is_empty() && !input.peek(Token![,]) {
                let rest = input.fork().parse::<TokenTree>()?;
                diag.error(rest.span(), "expected `,` before this");
                skip_argument(input);
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    };
    if let Err(error) = parse_within(arguments, parser) {
        diag.absorb(error);
    }
}

/// Parses tokens so that an error about their end points at the last one, not at the whole attribute.
fn parse_within<T>(tokens: TokenStream, parser: impl Parser<Output = T>) -> syn::Result<T> {
    let last = tokens.clone().into_iter().last();
    let span = last.map_or_else(Span::call_site, |token| token.span());
    let list = MetaList {
        path: Ident::new("options", span).into(),
        delimiter: MacroDelimiter::Paren(token::Paren(span)),
        tokens,
    };
    list.parse_args_with(parser)
}

fn is_positional(input: ParseStream<'_>) -> bool {
    input.peek(Lit) && !input.peek2(Token![=])
}

fn skip_argument(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        if input.parse::<TokenTree>().is_err() {
            return;
        }
    }
}

/// Whether the value of an option stands in parentheses, and never after `=`.
fn takes_parentheses(kind: ValueKind) -> bool {
    matches!(
        kind,
        ValueKind::ExprMap
            | ValueKind::TextMap
            | ValueKind::RatioMap
            | ValueKind::Names
            | ValueKind::Group(_)
    )
}

/// Which options a group has.
pub(super) fn group_target(kind: ValueKind) -> Option<Target> {
    match kind {
        ValueKind::Group(target) | ValueKind::GroupOrConst(target) => Some(target),
        _ => None,
    }
}
