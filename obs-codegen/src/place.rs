//! Spans of generated code.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;

/// Generated code that stands at the first token of `tokens`.
///
/// The compiler's errors about it point there, while lints and names still see an
/// expansion and not something that the user typed.
pub(crate) fn at(tokens: &impl Spanned) -> Span {
    Span::call_site().located_at(tokens.span())
}

/// Fails the build at `place` if `__OBS_FINDINGS` has something about `option`.
pub(crate) fn assert_nothing_about(option: &str, place: &TokenStream) -> TokenStream {
    quote_spanned! {at(place)=>
        const _: () = if let ::core::option::Option::Some(__obs_text) = __OBS_FINDINGS.about(#option) {
            ::core::panic!("{}", __obs_text.as_str());
        };
    }
}
