//! Tokens at another place.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;

/// Tokens as if they stood at `span`: an error about them is one about what the user typed there.
/// They mean the same as before.
#[must_use]
pub fn at_span(tokens: impl ToTokens, span: Span) -> TokenStream {
    let respan = |mut token: TokenTree| {
        token.set_span(token.span().located_at(span));
        token
    };
    tokens.into_token_stream().into_iter().map(respan).collect()
}
