//! Collects mistakes, so that one build shows all of them.

use std::fmt::Display;

use obs_schema::Issue;
use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The mistakes found in one item so far.
#[derive(Debug, Default)]
pub struct Diag {
    errors: Vec<syn::Error>,
}

impl Diag {
    /// Nothing found yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes a mistake at one token.
    pub fn error(&mut self, span: Span, message: impl Display) {
        self.errors.push(syn::Error::new(span, message));
    }

    /// Notes a mistake that covers several tokens, from the first to the last.
    pub fn error_on(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.errors.push(syn::Error::new_spanned(tokens, message));
    }

    /// Notes at one token what a rule of the rule book found.
    pub fn issue(&mut self, span: Span, issue: &Issue) {
        self.error(span, issue);
    }

    /// Notes over several tokens what a rule of the rule book found.
    pub fn issue_on(&mut self, tokens: impl ToTokens, issue: &Issue) {
        self.error_on(tokens, issue);
    }

    /// Notes the errors of a parser.
    pub fn absorb(&mut self, error: syn::Error) {
        self.errors.extend(error);
    }

    /// The value of a result; an error is noted.
    pub fn ok<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.absorb(error)).ok()
    }

    /// Adds what was found in a part of the item.
    pub fn append(&mut self, other: Self) {
        self.errors.extend(other.errors);
    }

    /// Whether nothing was found so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// Ends the collection.
    ///
    /// # Errors
    /// When there was a mistake: one `::core::compile_error!` for each, in the order in which they were found.
    pub fn finish(self) -> Result<(), TokenStream> {
        if self.errors.is_empty() {
            return Ok(());
        }
        Err(self
            .errors
            .iter()
            .map(syn::Error::to_compile_error)
            .collect())
    }

    /// The messages, for tests.
    #[cfg(test)]
    pub(crate) fn messages(&self) -> Vec<String> {
        self.errors.iter().map(ToString::to_string).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    #[test]
    fn no_mistake_is_no_output() {
        assert!(Diag::new().finish().is_ok());
    }

    #[test]
    fn every_mistake_is_an_error_of_its_own() {
        let mut diag = Diag::new();
        diag.error(Span::call_site(), "first");
        diag.issue_on(quote!(a b), &Issue::new("x", "", "second", "do this"));
        let mut two = syn::Error::new(Span::call_site(), "third");
        two.combine(syn::Error::new(Span::call_site(), "fourth"));
        assert_eq!(diag.ok::<()>(Err(two)), None);
        let errors = diag.finish().unwrap_err().to_string();
        assert_eq!(errors.matches("compile_error").count(), 4, "{errors}");
        assert!(errors.contains("second; do this"), "{errors}");
    }
}
