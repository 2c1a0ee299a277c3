//! Spans of generated code.

use proc_macro2::Span;
use syn::spanned::Spanned;

/// Generated code that stands at the first token of `tokens`.
///
/// The compiler's errors about it point there, while lints and names still see an
/// expansion and not something that the user typed.
pub(crate) fn at(tokens: &impl Spanned) -> Span {
    Span::call_site().located_at(tokens.span())
}
