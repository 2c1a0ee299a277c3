//! What an attribute expands to after a mistake: the item itself, and the errors.
//!
//! The item stays, so that everything that uses it compiles and only the mistake
//! is reported.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// The item without the attributes named in `inert`, followed by `errors`.
///
/// `inert` are the names that only mean something to the macro that failed, such as
/// `service` on the methods of an `impl` block. They are removed from the item and
/// from the items directly inside its braces. This works on tokens, so an item that
/// does not parse is shown to the compiler as it is.
#[must_use]
pub fn with_errors(item: TokenStream, inert: &[&str], errors: TokenStream) -> TokenStream {
    let mut output = without(item, inert, 1);
    output.extend(errors);
    output
}

fn without(tokens: TokenStream, inert: &[&str], depth: u8) -> TokenStream {
    let mut output = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_hash = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '#');
        if is_hash && tokens.peek().is_some_and(|next| is_named(next, inert)) {
            tokens.next();
            continue;
        }
        output.push(match token {
            TokenTree::Group(group) if depth > 0 && group.delimiter() == Delimiter::Brace => {
                let mut stripped =
                    Group::new(Delimiter::Brace, without(group.stream(), inert, depth - 1));
                stripped.set_span(group.span());
                TokenTree::Group(stripped)
            }
            other => other,
        });
    }
    output.into_iter().collect()
}

/// Whether this is `[name ..]` or `[path::name ..]` with one of the names.
fn is_named(token: &TokenTree, names: &[&str]) -> bool {
    let TokenTree::Group(group) = token else {
        return false;
    };
    let path = group.stream().into_iter().take_while(|token| {
        !matches!(token, TokenTree::Group(_))
            && !matches!(token, TokenTree::Punct(p) if p.as_char() == '=')
    });
    let last = path
        .filter_map(|token| match token {
            TokenTree::Ident(ident) => Some(ident.to_string()),
            _ => None,
        })
        .last();
    group.delimiter() == Delimiter::Bracket && last.is_some_and(|last| names.contains(&&*last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    #[test]
    fn our_attributes_go_and_everything_else_stays() {
        let item = quote! {
            #[inline]
            impl Shop {
                #[service(skip)]
                #[must_use]
                fn a(&self) -> u8 { #[service] struct Inner; 1 }
                #[obs_runtime::service(skip)]
                fn b() {}
            }
        };
        let expected = quote! {
            #[inline]
            impl Shop {
                #[must_use]
                fn a(&self) -> u8 { #[service] struct Inner; 1 }
                fn b() {}
            }
            errors!();
        };
        assert_eq!(
            with_errors(item, &["service"], quote!(errors!();)).to_string(),
            expected.to_string()
        );
    }

    #[test]
    fn an_item_that_does_not_parse_is_kept() {
        let item = quote!(fn fn a() -> #);
        assert_eq!(
            with_errors(item.clone(), &["service"], TokenStream::new()).to_string(),
            item.to_string()
        );
    }
}
